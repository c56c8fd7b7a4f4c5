"""What differs between two runs, as one self-contained page. Everything is escaped."""

from millrace.rendering.diff_text import Gap, marked
from millrace.rendering.diff_words import SIGNS, Line, differences, lines, run_figures
from millrace.rendering.web_page import attribute, skip_links, table, web_page, written
from millrace.runs.comparison import Example, RunComparison

_AROUND = 1_000
# By colour, and in black and white by line and sign: added is boxed, removed struck through,
# changed has a double line, what both have a dotted one.
_STYLE = """
:root { --added: #b7ebc0; --removed: #ffc9c4; --changed: #ffe08a; }
@media (prefers-color-scheme: dark) { :root { --added: #14532d; --removed: #7a1f1a;
  --changed: #6b4e00; } }
.text { white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: 1.2rem;
  line-height: 2; }
mark { color: inherit; background: none; padding: .05rem .25rem; }
mark.added { background: var(--added); border: 2px solid currentColor; border-radius: .25rem;
  font-weight: 600; }
mark.removed { background: var(--removed); text-decoration: line-through 2px; }
mark.changed { background: var(--changed); border-bottom: 4px double currentColor; }
mark.same { border-bottom: 2px dotted var(--line); }
mark[data-label]::after { content: attr(data-label); font-size: .7rem; font-weight: 400;
  margin-left: .35rem; display: inline-block; }
.gap { color: var(--dim); font-style: italic; }
.legend { font-size: .9rem; } .legend mark { margin-right: .8rem; }
ul.lines { list-style: none; padding: 0; margin: .8rem 0 0; }
ul.lines > li { border-left: 4px solid var(--line); background: var(--panel); margin: .4rem 0;
  padding: .4rem .9rem; }
ul.lines b { font-weight: 600; } ul.lines ul { margin: 0; padding-left: 1.4rem; }
ul.lines > li.added { border-left-color: var(--added); }
ul.lines > li.removed { border-left-color: var(--removed); }
ul.lines > li.changed { border-left-color: var(--changed); }
.sign { display: inline-block; min-width: 6rem; margin-right: .6rem; }
article h3 { margin-bottom: .6rem; } article .facts { margin-top: -.4rem; }
article { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1rem; }
@media (max-width: 30rem) { .text { padding-left: .8rem; } }
@media print { mark, ul.lines > li { print-color-adjust: exact; } }
"""


def page(found: RunComparison) -> str:
    """The page of a comparison: totals first, then examples in their text."""
    a, b = found.a.run_id, found.b.run_id
    of_profile = f"Documents of profile {found.profile}. " if found.profile else ""
    about = (
        f"{of_profile}From run {a} to run {b}: what is added only {b} has, what is removed only "
        f"{a} has. Only documents that both read in one text are compared."
    )
    skips = skip_links([("totals", "the totals"), ("examples", "the examples")])
    body = (
        f"{skips}<header><h1>{written(a)} → {written(b)}</h1>"
        f'<p class="facts">{written(about)}</p></header>\n'
        f'<main><h2 id="totals">Totals</h2>{_totals(found)}\n'
        f'<h2 id="examples">Examples</h2>{_examples(found)}\n{_only(found)}</main>'
    )
    return web_page(f"{a} → {b}", _STYLE, body)


def _totals(found: RunComparison) -> str:
    counted = [
        (written(one.name), *(written(value) for value in one.values)) for one in differences(found)
    ]
    runs = [
        (written(one.name), *(written(value) for value in one.values)) for one in run_figures(found)
    ]
    names = (found.a.run_id, found.b.run_id)
    return (
        table("What differs", ("what differs", "count", "share"), counted, numbers=(1, 2))
        + "<h2>The runs</h2>"
        + table("The two runs", ("all documents of a run", *names), runs, numbers=(1, 2))
    )


def _examples(found: RunComparison) -> str:
    if not found.examples:
        return "<p>No example: nothing differs, or none was asked for.</p>"
    a, b = written(found.a.run_id), written(found.b.run_id)
    words = {
        "added": f"only in {b}", "removed": f"only in {a}", "changed": "told differently",
        "same": "the same in both",
    }  # fmt: skip
    legend = " ".join(
        f'<mark class="{group}">{SIGNS[group]} {says}</mark>' for group, says in words.items()
    )
    shown = "\n".join(map(_example, found.examples))
    return f'<p class="legend">{legend}</p>\n{shown}'


def _example(example: Example) -> str:
    title = example.title or example.document_id
    known = [example.document_id] if example.title else []
    if example.status_a != example.status_b:
        known.append(f"{example.status_a} → {example.status_b}")
    facts = f'<p class="facts">{written(" · ".join(known))}</p>' if known else ""
    listed = "".join(map(_line, lines(example)))
    return (
        f'<article><h3 dir="auto">{written(title)}</h3>{facts}{_text(example)}'
        f'<ul class="lines">{listed}</ul></article>'
    )


def _text(example: Example) -> str:
    parts = []
    for part in marked(example.text, example.found, _AROUND):
        if isinstance(part, Gap):
            parts.append(f'<span class="gap">[… {part.characters:,} characters …]</span>')
            continue
        words, mark = written(part.text), part.mark
        if mark is None:
            parts.append(words)
            continue
        label = attribute(mark.label)
        says = f'data-label="{label}" title="{label}, code points {mark.start}–{mark.end}"'
        parts.append(f'<mark class="{mark.group}" {says}>{words}</mark>')
    language = attribute(example.language)
    return f'<div class="text" lang="{language}" dir="auto">{"".join(parts)}</div>'


def _line(line: Line) -> str:
    details = "".join(f"<li>{written(detail)}</li>" for detail in line.details)
    below = f"<ul>{details}</ul>" if details else ""
    return (
        f'<li class="{line.group}"><span class="sign">{SIGNS[line.group]} {line.group}</span>'
        f'<b dir="auto">{written(line.what)}</b>{below}</li>'
    )


def _only(found: RunComparison) -> str:
    parts = []
    for run, count, ids in (
        (found.a.run_id, found.only_a, found.only_in_a),
        (found.b.run_id, found.only_b, found.only_in_b),
    ):
        if count:
            listed = "".join(f"<li>{written(one)}</li>" for one in ids)
            more = f"<p>and {count - len(ids):,} more</p>" if count > len(ids) else ""
            parts.append(f"<h2>Only in {written(run)}</h2><ul>{listed}</ul>{more}")
    return "\n".join(parts)

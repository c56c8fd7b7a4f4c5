"""What an engine missed and what it got wrong, as one self-contained page. All is escaped."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from eval.gold import Span
from eval.marked_sentences import Sentence, Shown
from eval.mistakes import OfKind, OfMetric, mistakes
from eval.scoring.calibration import Reliability
from eval.scoring.report import Report
from eval.scoring.tables import rows
from eval.selection import Chosen
from millrace.rendering.diff_text import clusters
from millrace.rendering.mistakes_filters import filters, identity, rules
from millrace.rendering.segments import Mark, segments
from millrace.rendering.web_page import attribute, skip_links, table, web_page, written

# Sentences of one kind of one metric in one corpus, and in the whole page.
MOST_OF_KIND = 25
MOST_SENTENCES = 2_500
_SIGNS = {"missed": "−", "wrong": "✗", "both": "≠", "right": "✓", "of": "◦"}
_WORDS = {
    "missed": "in the gold, not found",
    "wrong": "found, not in the gold",
    "both": "overlap, and differ",
    "right": "right",
    "of": "the event that it belongs to",
}
_MIDNIGHTS = re.compile(r"T00:00:00\+00:00|T23:59:59\+00:00")
_STYLE = """
:root { --missed: #ffe08a; --wrong: #ffc9c4; --both: #e3d0f5; }
@media (prefers-color-scheme: dark) { :root { --missed: #6b4e00; --wrong: #7a1f1a;
  --both: #4a2a6b; } }
fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0; padding: .5rem 1rem;
  display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
legend { color: var(--dim); padding: 0 .4rem; }
label { white-space: nowrap; }
details { margin: .3rem 0 .3rem .6rem; } summary { cursor: pointer; }
section > details { margin-left: 0; } section > details > summary { font-weight: 600; }
ul { list-style: none; margin: .4rem 0 1rem; padding: 0; }
li { white-space: pre-wrap; border-left: 3px solid var(--line); margin: .5rem 0;
  padding: .1rem 0 .1rem 1rem; line-height: 2; }
li small { display: block; line-height: 1.4; }
mark { color: inherit; background: none; padding: .05rem .25rem; }
mark.missed { background: var(--missed); border-bottom: 3px dashed currentColor; }
mark.wrong { background: var(--wrong); text-decoration: line-through 2px; }
mark.both { background: var(--both); border-bottom: 4px double currentColor; }
mark.right { border-bottom: 2px solid var(--line); padding: 0; }
mark.of { border-bottom: 2px dotted var(--line); padding: 0; }
mark[data-label]::after { content: attr(data-label); font-size: .7rem; margin-left: .35rem;
  display: inline-block; text-decoration: none; }
.legend { font-size: .9rem; } .legend mark { margin-right: .8rem; }
@media print { mark { print-color-adjust: exact; } fieldset { display: none; } }
"""


def page(system: str, split: str, scored: Sequence[tuple[Chosen, Report]]) -> str:
    """The page of a system's mistakes: by corpus, metric and kind, in their sentences.

    Args:
        system: its name.
        split: which documents were scored.
        scored: each corpus with its scores.
    """
    room = MOST_SENTENCES
    sections, shown = [], list[OfMetric]()
    for chosen, report in scored:
        found, room = _within(mistakes(report, chosen.documents, MOST_OF_KIND), room)
        shown += found
        sections.append(_section(report, found))
    metrics = list(dict.fromkeys(one.metric for one in shown))
    names = [report.corpus for _, report in scored]
    legend = " ".join(
        f'<mark class="{sort}">{_SIGNS[sort]} {words}</mark>' for sort, words in _WORDS.items()
    )
    skips = skip_links((f"corpus-{name}", name) for name in names)
    body = (
        f"{skips}<header><h1>{written(system)} on {written(split)}</h1>"
        '<p class="facts">What it missed and what it got wrong, in place. Of each kind at most '
        f"{MOST_OF_KIND} sentences are shown, evenly spread over the corpus"
        f"{'' if room else f'; the page ends after {MOST_SENTENCES:,}'}.</p></header>\n"
        f"<main>{filters(metrics, names)}"
        f'<p class="legend">{legend}</p>\n{"".join(sections)}</main>'
    )
    return web_page(f"{system} on {split}", _STYLE + rules(metrics, names), body)


def _within(found: Sequence[OfMetric], room: int) -> tuple[list[OfMetric], int]:
    """The mistakes with as many sentences as there is room for, and what room is left."""
    kept = []
    for metric in found:
        kinds = []
        for kind in metric.kinds:
            sentences = kind.sentences[:room]
            room -= len(sentences)
            kinds.append(replace(kind, sentences=sentences))
        kept.append(replace(metric, kinds=tuple(kinds)))
    return kept, room


def _section(report: Report, found: Sequence[OfMetric]) -> str:
    name = report.corpus
    heads = ("metric", "right", "wrong", "missed", "P", "R", "F1")
    scores = ([written(row[head]) for head in heads] for row in rows(report))
    calibrated = "".join(
        _diagram(metric, one) for metric, one in report.calibration.items() if one.count
    )
    return (
        f'<section id="corpus-{attribute(name)}"><h2>{written(name)}</h2>'
        f"<details><summary>scores</summary>"
        f"{table(f'Scores on {name}', heads, scores, numbers=range(1, 7))}{calibrated}</details>"
        f"{''.join(map(_metric, found))}</section>\n"
    )


def _diagram(metric: str, one: Reliability) -> str:
    """The reliability diagram as a table: how sure it was, how often it was right."""
    bins = (
        (
            f"{part.low:.1f} to {part.high:.1f}",
            f"{part.count:,}",
            f"{part.confidence:.2f}",
            f"{part.right:.2f}",
        )
        for part in one.bins
        if part.confidence is not None and part.right is not None
    )
    heads = ("confidence", "found", "mean", "right")
    return (
        f"<h3>Reliability of {written(metric)}: expected calibration error {one.error:.3f}</h3>"
        + table(f"Reliability of {metric}", heads, bins, numbers=(1, 2, 3))
    )


def _metric(one: OfMetric) -> str:
    return (
        f'<details class="of-{identity(one.metric)}" open><summary>{written(one.metric)}: '
        f"{one.missed:,} missed, {one.wrong:,} wrong</summary>"
        f'<p class="facts">What is right in {written(one.counts)}.</p>'
        f"{''.join(map(_kind, one.kinds))}</details>"
    )


def _kind(one: OfKind) -> str:
    cut = (
        f" ({len(one.sentences):,} of {one.in_sentences:,} sentences shown)"
        if len(one.sentences) < one.in_sentences
        else ""
    )
    listed = "".join(map(_sentence, one.sentences))
    return (
        f"<details><summary>{written(one.kind or 'all')}: {one.missed:,} missed, "
        f"{one.wrong:,} wrong{cut}</summary><ul>{listed}</ul></details>"
    )


def _sentence(one: Sentence) -> str:
    parts = []
    for part in segments(one.text, _marks(one)):
        words, mark = written(part.text), part.mark
        if mark is None:
            parts.append(words)
            continue
        label = f' data-label="{attribute(mark.label)}"' if mark.label else ""
        parts.append(f'<mark class="{mark.group}"{label}>{words}</mark>')
    before, after = ("… " if cut else "" for cut in one.is_cut)
    return (
        f'<li class="{" ".join(sorted(one.sorts))}" dir="auto">{before}{"".join(parts)}{after}'
        f"<small>{written(one.document_id)}</small></li>"
    )


def _marks(one: Sentence) -> list[Mark]:
    """Mistakes first, those that overlap as one; what is right, and events, where there is room."""
    mistaken = [shown for shown in one.shown if shown.sort in one.sorts]
    others = (shown for shown in one.shown if shown.sort not in one.sorts)
    marks = (_mark(shown, _label(shown, mistaken, one.text)) for shown in mistaken)
    return [*clusters(marks, len(one.text), "both"), *(_mark(shown) for shown in others)]


def _mark(shown: Shown, label: str = "") -> Mark:
    return Mark(shown.span.start, shown.span.end, label, "", shown.sort)


def _label(shown: Shown, mistaken: Iterable[Shown], text: str) -> str:
    number = f"{shown.link}" if shown.link else ""
    parts = [_SIGNS[shown.sort], shown.kind, shown.end, number, _short(shown.value)]
    if any(_differ(shown.span, other.span) for other in mistaken):
        # They are drawn as one: only their words tell them apart.
        parts.append(f"“{text[shown.span.start : shown.span.end]}”")
    return " ".join(filter(None, parts))


def _differ(one: Span, other: Span) -> bool:
    """Whether two spans overlap and are not the same."""
    return one != other and one.start < other.end and other.start < one.end


def _short(value: str) -> str:
    """A stretch of time without what says nothing: whole days as days, one day once."""
    return "/".join(dict.fromkeys(_MIDNIGHTS.sub("", value).split("/")))

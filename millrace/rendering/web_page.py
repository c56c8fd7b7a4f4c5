"""What the pages for browsers share: escaping, colours in light and dark, tables, no script."""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape

from millrace.terminal import printable

# Besides what `printable` replaces: characters that turn the direction of the text around them,
# and lone surrogates, which no UTF-8 can hold.
_UNSEEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PICTURE = re.compile("[\u2400-\u241f\u2421\ufffd]|\\[U\\+[0-9A-F]{4}\\]")
_C1 = re.compile("[\x80-\x9f]")

_STYLE = """
:root { color-scheme: light dark; --page: #fff; --text: #1b1f24; --dim: #57606a; --line: #8c959f;
  --link: #0a55c4; --panel: #f5f7f9; --bad: #b42318;
  --event: #ffd75e; --on-event: #1b1f24; --argument: #cdeff5; --relationship: #8e24aa;
  --entity: #2e7d32; }
@media (prefers-color-scheme: dark) { :root { --page: #14171a; --text: #e6e8eb; --dim: #a3abb5;
  --line: #6b7480; --link: #8ab4f8; --panel: #1d2126; --bad: #ff9a8f;
  --event: #f2c14e; --on-event: #14171a; --argument: #17505a; --relationship: #d58ee6;
  --entity: #81c784; } }
* { box-sizing: border-box; }
body { font: 1rem/1.6 system-ui, sans-serif; color: var(--text); background: var(--page);
  margin: 0; overflow-wrap: anywhere; }
header, main { max-width: 64rem; margin: 0 auto; padding: 0 1.2rem; }
header { padding-top: 2rem; } main { padding-bottom: 3rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; } h3 { font-size: 1rem; margin: 0; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .2rem; }
:target { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: .5rem; top: -4rem; background: var(--page); padding: .4rem .8rem;
  z-index: 1; } .skip:focus { top: .5rem; }
.facts, .dim, small, th { color: var(--dim); } .facts { font-size: .9rem; margin: .3rem 0 1rem; }
.control { border: 1px dotted var(--line); font-size: .8em; padding: 0 .1em; }
.scroll { overflow-x: auto; } td, th { overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0;
  border-bottom: 1px solid var(--line); }
th { font-weight: 400; white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tfoot td { font-weight: 600; }
@media (max-width: 30rem) { header, main { padding-left: .8rem; padding-right: .8rem; } }
@media print { .skip { display: none; } }
"""


def visible(text: str) -> str:
    """``text`` with every control character as something to see; not escaped."""
    coded = _C1.sub(_code, _UNSEEN.sub(_code, text))
    return printable(coded)


def written(text: str) -> str:
    """``text`` as HTML: escaped, control characters visible and set apart from what is text."""
    return _PICTURE.sub(r'<span class="control">\g<0></span>', escape(visible(text)))


def attribute(text: str) -> str:
    """``text`` as the value of an attribute or as a title."""
    return escape(visible(text))


def _code(control: re.Match[str]) -> str:
    return f"[U+{ord(control.group()):04X}]"


def web_page(title: str, style: str, body: str) -> str:
    """A page that stands alone.

    Its Content-Security-Policy allows this one style sheet and nothing else: no script, no other
    file, no form.

    Args:
        title: plain text, not escaped.
        style: of this page, after what all pages share.
        body: HTML of ``header`` and ``main``.
    """
    sheet = _STYLE + style
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{attribute(title)}</title><style>{sheet}</style></head>\n<body>\n{body}\n"
        "</body></html>\n"
    )


def skip_links(places: Iterable[tuple[str, str]]) -> str:
    """Links that come first for a keyboard: ids of places and what is there."""
    return "".join(f'<a class="skip" href="#{place}">Skip to {name}</a>' for place, name in places)


def table(
    label: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Iterable[int] = (),
    total: Sequence[str] = (),
) -> str:
    """A table that scrolls by itself where it is too wide.

    Args:
        label: what it is, for who does not see it.
        heads: of the columns, plain text.
        rows: cells as HTML.
        numbers: columns to be set to the right.
        total: cells as HTML of a last row.
    """
    right = set(numbers)

    def cells(element: str, row: Sequence[str], extra: str = "") -> str:
        parts = []
        for column, cell in enumerate(row):
            kind = ' class="number"' if column in right else ""
            parts.append(f"<{element}{kind}{extra}>{cell}</{element}>")
        return f"<tr>{''.join(parts)}</tr>"

    head = cells("th", [written(name) for name in heads], ' scope="col"')
    body = "".join(cells("td", row) for row in rows)
    foot = f"<tfoot>{cells('td', total)}</tfoot>" if total else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{attribute(label)}">'
        f"<table><thead>{head}</thead><tbody>{body}</tbody>{foot}</table></div>"
    )

"""What no browser would show: pages that take a parser quadratic time."""

import re
from collections import Counter

from schemas.errors import RefusedError

# Far beyond any page; browsers stop nesting at 512.
_MAX_DEPTH = 5_000
_MAX_ATTRIBUTES = 5_000
# The parser goes up from every tag: the sum of their depths, about a second for 10,000,000.
_MAX_STEPS = 20_000_000

_TAG = re.compile(r"<!--|<(/?)([a-zA-Z][^\s/>]*)([^>]*)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
# These hold text alone, in which a tag is none.
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
# Their end tags may be left out, or they have none.
_NOT_NESTING = frozenset(
    [
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option",
        "optgroup", "rt", "rp", "html", "head", "body", "area", "base", "br", "col", "embed", "hr",
        "img", "input", "link", "meta", "param", "source", "track", "wbr",
    ]
)  # fmt: skip
_DRAWINGS = ("svg", "math")


def check_limits(page: str) -> None:
    """Refuse a page that is nested too deeply, or has a tag with too many attributes.

    Raises:
        RefusedError: ``malformed``.
    """
    open_tags: Counter[str] = Counter()
    depth = position = steps = 0
    while tag := _TAG.search(page, position):
        position = tag.end()
        if tag.group() == "<!--":
            position = page.find("-->", tag.start() + 2)
            if position < 0:
                return
            continue
        name = tag.group(2).lower()
        _check_attributes(tag.group(3))
        steps += depth
        if depth > _MAX_DEPTH or steps > _MAX_STEPS:
            raise RefusedError("malformed", "HTML: nested too deeply to be read: mend the page")
        if name in _NOT_NESTING:
            continue
        if tag.group(1):
            if open_tags[name]:
                open_tags[name] -= 1
                depth -= 1
        elif name in _RAW:
            position = _end_of_raw(page, name, position)
            if position < 0:
                return
        elif not (tag.group(3).endswith("/") and any(open_tags[one] for one in _DRAWINGS)):
            open_tags[name] += 1
            depth += 1


def _end_of_raw(page: str, name: str, position: int) -> int:
    """Where the end tag of an element that holds text alone begins, -1 where there is none."""
    end = re.compile(rf"</{name}", re.I).search(page, position)
    return end.start() + 2 if end else -1


def _check_attributes(inside: str) -> None:
    # An attribute takes two characters at least: most tags are done here.
    if len(inside) < 2 * _MAX_ATTRIBUTES:
        return
    if len(_QUOTED.sub("q ", inside).replace("/", " ").split()) > _MAX_ATTRIBUTES:
        raise RefusedError(
            "malformed", f"HTML: a tag with over {_MAX_ATTRIBUTES:,} attributes: mend the page"
        )

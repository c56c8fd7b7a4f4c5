"""HTML as text: what a reader sees, its paragraphs with a blank line between them.

Resiliparse, whose parser is that of a browser, finds the article. Against trafilatura it is ten
times as fast, adds no marks of its own, leaves no repeated paragraph out, and needs no clock.
"""

import re
from typing import Any

from processors.decoding.page_limits import check_limits

_HIDDEN = [
    "[hidden]",
    "[style*='display:none' i]",
    "[style*='display: none' i]",
    "[style*='visibility:hidden' i]",
    "[style*='visibility: hidden' i]",
    "template",
    "noscript",
    "button",
]
_COMMENTS = ["#comments", ".comments"]
# An article that is less than this share of all text was not found: its page is of another kind.
_LEAST_SHARE = 0.05
_BLANKS = " \t\r\f\v"
_BLANK_LINES = re.compile(r"\n{3,}")


def parse_page(page: str) -> Any:
    """Parse a page as a browser does.

    Returns:
        Its tree (``resiliparse.parse.html.HTMLTree``).

    Raises:
        RefusedError: ``malformed``, it is nested too deeply.
    """
    # Imported when first needed: the command starts without it.
    from resiliparse.parse.html import HTMLTree

    check_limits(page)
    return HTMLTree.parse(page)


def article_text(page: Any) -> str:
    """The text of a page's article, else all its text; empty where there is nothing to be seen."""
    whole = visible_text(page)
    _deepen(page)
    article = _extract(page, main_content=True, skipped=[*_HIDDEN, *_COMMENTS])
    return article if len(article) > _LEAST_SHARE * len(whole) else whole


def visible_text(page: Any) -> str:
    """All text that is to be seen on a page."""
    return _extract(page, main_content=False, skipped=_HIDDEN)


def _deepen(page: Any) -> None:
    """Move a page's content three levels down.

    Lists right below the body count as navigation; pages written by hand have their points there.
    """
    if page.body is None:
        return
    inner = outer = page.create_element("div")
    for _ in range(2):
        inner = inner.append_child(page.create_element("div"))
    # Not over ``child_nodes``, which takes quadratic time to go through.
    while (child := page.body.first_child) is not None:
        inner.append_child(child)
    page.body.append_child(outer)


def _extract(page: Any, main_content: bool, skipped: list[str]) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    text = extract_plain_text(
        page,
        main_content=main_content,
        alt_texts=False,
        list_bullets=False,
        skip_elements=skipped,
    )
    text = text.replace("\x00", "").replace("\xa0", " ")
    # Line by line: a regular expression looks at each blank of a long row of them anew.
    lines = "\n".join(line.strip(_BLANKS) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()

"""``text/html``: the article of a web page, with its title, date and language."""

import codecs
import re

from processors.decoding.charsets import decode_strictly, find_charset, meant_charset
from processors.decoding.content_type import ContentType
from processors.decoding.page_facts import read_facts
from processors.decoding.page_text import article_text, parse_page
from schemas.document import IngestDocument
from schemas.errors import RefusedError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# As browsers do, a page's own word on its charset is looked for at its very beginning.
_LOOKED_AT = 4096
_META = re.compile(rb"<meta\b[^>]{0,500}?\bcharset\s*=\s*(?:[\"']\s*)?([\w.:-]{1,40})", re.I)


def decode_page(value: bytes, content_type: ContentType) -> IngestDocument:
    """Read a page: its article, or all that is to be seen on it where no article is found.

    Bytes are in the charset of the content type, else of a byte order mark, else of the page's own
    ``<meta charset>``, else in UTF-8. ``title``, ``published_at`` and ``language`` are the page's
    own, ``source`` is its canonical address, ``metadata`` has ``author`` and ``site_name`` where
    they are given.

    Raises:
        RefusedError: ``bad_encoding``; ``empty``, nothing is to be seen on it; ``malformed``, no
            browser would show it.
    """
    page = parse_page(_decode(value, content_type.charset))
    text = article_text(page)
    if not text:
        raise RefusedError("empty", "HTML: no text is to be seen on the page")
    facts = read_facts(page)
    return IngestDocument(
        text=text,
        title=facts.title,
        language=facts.language,
        published_at=facts.published_at,
        source=facts.address,
        metadata=facts.metadata,
    )


def _decode(value: bytes, charset: str | None) -> str:
    for mark, marked in _MARKS:
        if value.startswith(mark):
            return decode_strictly(value[len(mark) :], marked, len(mark))
    if charset is None and (found := _META.search(value[:_LOOKED_AT])):
        charset = find_charset(found.group(1).decode("ascii", "replace"))
        if charset is None:
            raise RefusedError(
                "bad_encoding", "HTML: the charset of its <meta> is unknown here: send UTF-8"
            )
        # A tag that could be read as ASCII is not in UTF-16, whatever it says.
        charset = "utf-8" if charset.startswith(("utf-16", "utf-32")) else charset
    return decode_strictly(value, meant_charset(charset or "utf-8"))

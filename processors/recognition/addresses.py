"""E-mail addresses, web addresses, and street addresses of the English form."""

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

from linkify_it import LinkifyIt

from processors.recognition.found import Found

# The library reads every character several times: it sees only words that may be an address.
# Chinese and Japanese put no space around it.
_WORD = re.compile(r"[^\s\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+")
# The library takes quadratic time, or worse: a longer word is read in pieces. Longer addresses are
# not promised to work anywhere.
_PIECE_CHARACTERS = 2_000
_LINK = re.compile(r"\w@\w|://|www\.|[a-z0-9]\.[a-z]{2}")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_STREET = re.compile(
    r"\b\d{1,5}[A-Z]?\s(?:(?:[NSEW]|North|South|East|West)\.?\s)?"
    r"(?:(?:[A-Z][A-Za-z'’]{1,20}|\d{1,3}(?:st|nd|rd|th))\.?\s){1,3}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|"
    r"Terrace|Highway|Hwy|Parkway|Way)\b(?!['’])"
)


def find_addresses(text: str) -> Iterator[Found]:
    """The addresses of ``text``; values are lower case, a path keeps its case."""
    for match in _STREET.finditer(text):
        yield Found(*match.span(), "address", " ".join(match.group().lower().split()))
    for word in _WORD.finditer(text):
        for start in range(*word.span(), _PIECE_CHARACTERS):
            end = min(start + _PIECE_CHARACTERS, word.end())
            if _LINK.search(text, start, end):
                yield from (
                    found
                    for found in _links(text[start:end], start)
                    # What a cut goes through may be half an address.
                    if (found.start > start or start == word.start())
                    and (found.end < end or end == word.end())
                )


def _links(word: str, offset: int) -> Iterator[Found]:
    for link in _linkify().match(word) or ():
        span = offset + link.index, offset + link.last_index
        if link.url.startswith("mailto:"):
            yield Found(*span, "email", link.text.lower().removeprefix("mailto:"))
        elif link.schema or _is_host(link.text):
            yield Found(*span, "url", _normalised(link.url))


@cache
def _linkify() -> LinkifyIt:
    return LinkifyIt()


def _is_host(text: str) -> bool:
    """Whether a link without a scheme is one: "ended.It was" is a missing space."""
    host = re.split(r"[/:?#]", text, maxsplit=1)[0]
    return host.lower().startswith("www.") or _HOST.fullmatch(host) is not None


def _normalised(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl()

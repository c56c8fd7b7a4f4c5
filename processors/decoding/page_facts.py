"""What a web page says of itself: title, date, language, address, author."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

_MAX_CHARACTERS = 1_000
_MAX_DATA_CHARACTERS = 200_000
_MAX_DATA_OBJECTS = 1_000
_MAX_SCRIPTS = 20
_DATE_NAMES = (
    "datePublished", "dcterms.issued", "dc.date.issued", "dcterms.date", "dc.date",
    "dcterms.created", "date", "pubdate", "publishdate", "publish-date", "publication_date",
    "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][\w-]*)?\s*")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says of itself, empty or None where it says nothing."""

    title: str = ""
    published_at: datetime | None = None
    language: str | None = None
    address: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


def read_facts(page: Any) -> PageFacts:
    """Read the facts of a parsed page; what cannot be read is left out."""
    data = list(_structured(page))
    headline = next((one["headline"] for one in data if isinstance(one.get("headline"), str)), "")
    title = _named(page, "og:title") or headline or page.title or ""
    canonical = _attribute(page, "link[rel='canonical' i]", "href") or _named(page, "og:url")
    known = {
        "author": _named(page, "author", "article:author"),
        "site_name": _named(page, "og:site_name"),
    }
    return PageFacts(
        title=one_line(title),
        published_at=_published(page, data),
        language=_language(page),
        address=one_line(canonical) if canonical.startswith(("http://", "https://")) else "",
        metadata={name: one_line(value) for name, value in known.items() if value.strip()},
    )


def one_line(value: str) -> str:
    """A short value without line ends and control characters, cut where it is no longer short."""
    return _UNSEEN.sub(" ", value[: 4 * _MAX_CHARACTERS]).strip()[:_MAX_CHARACTERS]


def _named(page: Any, *names: str) -> str:
    """What the first ``<meta>`` of any of these names says."""
    attributes = ("property", "name", "itemprop", "http-equiv")
    selectors = (f"meta[{one}='{name}' i]" for name in names for one in attributes)
    return _attribute(page, ", ".join(selectors), "content")


def _structured(page: Any) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, outer ones first (schema.org/NewsArticle)."""
    for _ in range(_MAX_SCRIPTS):
        # One by one: the parser's collections take quadratic time to go through.
        script = page.document.query_selector("script[type='application/ld+json' i]")
        if script is None:
            return
        content = script.text
        script.decompose()
        try:
            waiting = [json.loads(content)] if len(content) <= _MAX_DATA_CHARACTERS else []
        except (ValueError, RecursionError):
            continue
        yield from islice(_objects(waiting), _MAX_DATA_OBJECTS)


def _objects(waiting: list[Any]) -> Iterator[dict[str, Any]]:
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting.extend(one[:_MAX_DATA_OBJECTS])
        elif isinstance(one, dict):
            yield one
            waiting.append(one.get("@graph"))


def _published(page: Any, data: list[dict[str, Any]]) -> datetime | None:
    candidates: list[object] = [_named(page, "article:published_time", "og:published_time")]
    candidates += [one.get("datePublished") for one in data]
    candidates.append(_named(page, *_DATE_NAMES))
    candidates += [
        _attribute(page, selector, "datetime")
        for selector in ("time[itemprop='datePublished']", "time[pubdate]", "article time", "time")
    ]
    for candidate in candidates:
        moment = _moment(candidate) if isinstance(candidate, str) else None
        if moment is not None:
            return moment
    return None


def _moment(value: str) -> datetime | None:
    """A date or time in ISO 8601, UTC where it names no zone; of any other form None."""
    try:
        moment = datetime.fromisoformat(value.strip()[:40])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _language(page: Any) -> str | None:
    for declared in (
        _attribute(page, "html", "lang"),
        _named(page, "content-language"),
        _named(page, "og:locale"),
    ):
        if found := _LANGUAGE.fullmatch(declared[:40]):
            return found.group(1).lower()
    return None


def _attribute(page: Any, selector: str, name: str) -> str:
    element = page.document.query_selector(selector)
    return (element.getattr(name) or "") if element is not None else ""

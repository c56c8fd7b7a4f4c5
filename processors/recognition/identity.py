"""Identity: which mentions are of one entity, and the ids of both."""

import re
from collections.abc import Sequence

from processors.recognition.found import Found
from processors.recognition.lexicon import COMPANY_SUFFIXES
from schemas.annotation import EntityMention
from schemas.ids import content_id

_NAMES = frozenset({"person", "organization", "place"})
# Long ones first, and never given back: some are others with a full stop.
_SUFFIXES = "|".join(map(re.escape, sorted(COMPANY_SUFFIXES, key=lambda one: (-len(one), one))))
_SUFFIX = re.compile(rf"(?>,?\s+(?:{_SUFFIXES})\.?)+$|株式会社|有限公司$")
_LEADING_COMPANY = re.compile(r"^株式会社")


def identified(document_id: str, text: str, found: Sequence[Found]) -> tuple[EntityMention, ...]:
    """Mentions with their ids, in the order of the text.

    A mention's id comes from its document, kind and span; an entity's from its kind and normalised
    name alone, so one entity has one id in all documents. "Widget" is "Widget Ltd", and "Lohan" is
    "Lindsay Lohan" where the text has no other Lohan.
    """
    names = _Names(text, found)
    mentions = []
    for claim in found:
        words = text[claim.start : claim.end]
        value = names.of(claim, words) if claim.kind in _NAMES else claim.value
        mentions.append(
            EntityMention(
                mention_id=content_id("mention", document_id, claim.kind, claim.start, claim.end),
                entity_id=content_id("entity", claim.kind, normalised(claim.kind, value or words)),
                kind=claim.kind,
                start=claim.start,
                end=claim.end,
                text=words,
                value=value,
                origin=claim.origin,
            )
        )
    return tuple(mentions)


def normalised(kind: str, name: str) -> str:
    """A name as entities are told apart by: case, spacing, full stops and legal forms are not."""
    name = " ".join(name.split())
    if kind == "organization":
        bare = _LEADING_COMPANY.sub("", _SUFFIX.sub("", name))
        name = bare or name
        name = name.removeprefix("The ").removeprefix("the ")
    return name.casefold().replace(".", "") if kind in _NAMES else name.casefold()


class _Names:
    """The full names of a text, by the short names that stand for one of them alone."""

    def __init__(self, text: str, found: Sequence[Found]) -> None:
        full: dict[tuple[str, str], dict[str, str]] = {}
        for claim in found:
            if claim.kind not in _NAMES:
                continue
            name = " ".join(text[claim.start : claim.end].split())
            canonical = claim.value or name
            for short in _short_names(claim.kind, name):
                names = full.setdefault((claim.kind, short), {})
                names.setdefault(normalised(claim.kind, canonical), canonical)
        self._full = full

    def of(self, claim: Found, words: str) -> str:
        """The full name behind a mention: its own where several could be meant."""
        if claim.value:
            return claim.value
        name = " ".join(words.split())
        own = normalised(claim.kind, name)
        others = self._full.get((claim.kind, own), {})
        longer = {key: full for key, full in others.items() if key != own}
        if len(longer) == 1:
            return next(iter(longer.values()))
        return others.get(own, name)


def _short_names(kind: str, name: str) -> set[str]:
    whole = normalised(kind, name)
    words = whole.split()
    shorts = {whole}
    if kind == "person" and len(words) > 1:
        shorts |= {words[-1], words[0]}
    elif kind == "organization" and len(words) > 1:
        shorts |= {words[0], " ".join(words[:-1])}
    return shorts

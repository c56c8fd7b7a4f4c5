"""Entities: everything that is recognised in a document, identified, without overlaps.

Times, amounts and addresses are found by rules; names by the recogniser, which is a bundled model
where the text is English, and rules elsewhere, unless another was chosen.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from processors.recognition.addresses import find_addresses
from processors.recognition.amounts import find_amounts
from processors.recognition.cjk_dates import CJK
from processors.recognition.cjk_names import find_cjk_names
from processors.recognition.dates import find_dates
from processors.recognition.found import Found, without_overlaps
from processors.recognition.identity import identified
from processors.recognition.labels import NAME_KINDS
from processors.recognition.recogniser import Recogniser, bundled_recogniser
from processors.span_index import SpanIndex
from schemas.annotation import EntityMention, Span
from schemas.document import Document

BUNDLED = bundled_recogniser()
# About 4 MB of JSON: a table of a hundred thousand numbers must not swell its message over the
# limit and take the document with it.
MAX_MENTIONS = 20_000


class Entities(NamedTuple):
    """The mentions kept, at most ``MAX_MENTIONS``, and how many more were found."""

    mentions: tuple[EntityMention, ...]
    left_out: int


def find_entities(
    document: Document,
    sentences: tuple[Span, ...],
    kinds: frozenset[str],
    recogniser: Recogniser = BUNDLED,
    unread: tuple[Span, ...] = (),
) -> Entities:
    """Recognise the entities of a document: in the order of the text, no two on one character.

    Args:
        document: its language and ``published_at`` decide how names and dates are read.
        sentences: the sentences of its text.
        kinds: what to keep. Everything is recognised first, so that leaving out a kind does not
            let another claim its characters.
        recogniser: of names.
        unread: stretches of its text that are not worth the recogniser's time.

    Raises:
        ModelFileError: the text is English, and a file of the bundled model is missing or damaged.
        RecogniserError: a chosen recogniser cannot be used.
    """
    text = document.text
    claims: list[Found] = [
        *find_dates(text, document.language, document.published_at),
        *find_amounts(text),
        *find_addresses(text),
        *_names(document, recogniser.names(document, sentences, unread), kinds),
    ]
    found = [claim for claim in without_overlaps(claims) if claim.kind in kinds]
    kept = _within_limit(found)
    return Entities(identified(document.document_id, text, kept), len(found) - len(kept))


def _names(document: Document, names: Sequence[Found], kinds: frozenset[str]) -> Iterator[Found]:
    """What the recogniser finds, and names in Chinese and Japanese that it says nothing of."""
    # Kinds that no profile asks for claim nothing: there are no rules about them.
    yield from (one for one in names if one.kind in NAME_KINDS or one.kind in kinds)
    yield from _cjk_names(document.text, (one for one in names if one.origin == "model"))


def _cjk_names(text: str, surer: Iterable[Found]) -> Iterator[Found]:
    if not text.isascii() and CJK.search(text):
        taken = SpanIndex(surer)
        for one in find_cjk_names(text):
            if not any(taken.overlapping(one.start, one.end)):
                yield one


def _within_limit(found: list[Found]) -> list[Found]:
    """At most ``MAX_MENTIONS``, in order: plain numbers go first, then the last ones."""
    if len(found) <= MAX_MENTIONS:
        return found
    room = MAX_MENTIONS - sum(claim.kind != "number" for claim in found)
    kept: list[Found] = []
    for claim in found:
        if claim.kind == "number":
            if room <= 0:
                continue
            room -= 1
        kept.append(claim)
    return kept[:MAX_MENTIONS]

"""Entities: everything that is recognised in a document, identified, without overlaps.

Times, amounts and addresses are found by rules; names by a model where the text is English, which
hears the rules, and by the rules alone elsewhere.
"""

from typing import NamedTuple

from processors.learned.entity_tagging import english_entity_tagger
from processors.recognition.addresses import find_addresses
from processors.recognition.amounts import find_amounts
from processors.recognition.cjk_dates import CJK
from processors.recognition.cjk_names import find_cjk_names
from processors.recognition.dates import find_dates
from processors.recognition.found import Found, without_overlaps
from processors.recognition.identity import identified
from processors.recognition.names import find_names
from schemas.annotation import EntityMention, Span
from schemas.document import Document

# An undetermined text this short has too few words to be told English by them.
_SHORT_CHARACTERS = 300
# About 4 MB of JSON: a table of a hundred thousand numbers must not swell its message over the
# limit and take the document with it.
MAX_MENTIONS = 20_000


class Entities(NamedTuple):
    """The mentions kept, at most ``MAX_MENTIONS``, and how many more were found."""

    mentions: tuple[EntityMention, ...]
    left_out: int


def find_entities(
    document: Document, sentences: tuple[Span, ...], kinds: frozenset[str]
) -> Entities:
    """Recognise the entities of a document: in the order of the text, no two on one character.

    Args:
        document: its language and ``published_at`` decide how names and dates are read.
        sentences: the sentences of its text.
        kinds: what to keep. Everything is recognised first, so that leaving out a kind does not
            let another claim its characters.

    Raises:
        ModelFileError: the text is English, and a file of the model is missing or damaged.
    """
    text = document.text
    claims: list[Found] = [
        *find_dates(text, document.language, document.published_at),
        *find_amounts(text),
        *find_addresses(text),
        *_names(document, sentences),
    ]
    if not text.isascii() and CJK.search(text):
        claims += find_cjk_names(text)
    found = [claim for claim in without_overlaps(claims) if claim.kind in kinds]
    kept = _within_limit(found)
    return Entities(identified(document.document_id, text, kept), len(found) - len(kept))


def _names(document: Document, sentences: tuple[Span, ...]) -> list[Found]:
    if not _is_read_as_english(document):
        return find_names(document.text, sentences, sure_only=True)
    ruled = find_names(document.text, sentences, sure_only=False)
    return english_entity_tagger().names(document.text, sentences, ruled)


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


def _is_read_as_english(document: Document) -> bool:
    return document.language == "en" or (
        document.language == "und" and len(document.text) <= _SHORT_CHARACTERS
    )

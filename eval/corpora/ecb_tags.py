"""The tags of ECB+, which EventStoryLine shares, and its spans.

ECB+ puts the preposition into four in ten spans of places ("at the Betty Ford Center") and one in
four of times ("on Friday"); EventStoryLine kept those of places. Ours are without, so they are cut.
Mentions are of every form, names and pronouns alike, and their form is not marked.
"""

import re
from collections.abc import Iterator

from eval.corpora.cat import Annotation, Mention
from eval.corpora.names import may_be_name
from eval.corpora.timex import timex_value
from eval.gold import GoldEntity, GoldTime, Span, TimeKind

CUT_PREPOSITION = "a preposition at the beginning of a span"

# Vehicles, facilities and metonyms ("the board", "Hollywood", "CNN") that act as people do have no
# kind of ours that one could tell from the tag.
_KINDS = {
    "HUMAN_PART": "person",
    "HUMAN_PART_GENERIC": "person",
    "HUMAN_PART_GPE": "place",
    "HUMAN_PART_ORG": "organization",
    "HUMAN_PART_PER": "person",
    "LOC_FAC": "place",
    "LOC_GEO": "place",
    "LOC_OTHER": "place",
}
_TIME_KINDS: dict[str, TimeKind] = {
    "TIME_DATE": "date",
    "TIME_DURATION": "duration",
    "TIME_OF_THE_DAY": "time",
    "TIME_REPETITION": "set",
}
# "about 9:30", "after dark" say which time is meant: those belong to it.
_PREPOSITION = re.compile(
    r"(?:(?:along|around|at|by|during|for|from|in|inside|into|near|of|off|on|onto|outside|over|"
    r"since|through|throughout|to|towards?|under|until|within)\s+)+(?=\S)",
    re.IGNORECASE,
)
_TIME_PREPOSITION = re.compile(
    r"(?:(?:at|by|during|for|from|in|of|on|over|since|to|until|within)\s+)+(?=\S)", re.IGNORECASE
)
_NEGATED = "NEG_"


def is_event(mention: Mention) -> bool:
    """Whether it is an event's trigger."""
    return mention.tag.removeprefix(_NEGATED).startswith("ACTION")


def is_negated(mention: Mention) -> bool:
    """Whether it is an event that did not happen."""
    return mention.tag.startswith(_NEGATED)


def event_kind(mention: Mention) -> str:
    """The kind of an event in the corpus's words, negated or not: "ACTION_OCCURRENCE"."""
    return mention.tag.removeprefix(_NEGATED)


def time_kind(mention: Mention) -> TimeKind | None:
    """The kind of a time expression; None where it is none."""
    return _TIME_KINDS.get(mention.tag)


def entities(annotation: Annotation) -> Iterator[GoldEntity]:
    """The mentions of people, organizations and places."""
    for mention in annotation.record.mentions:
        kind = _KINDS.get(mention.tag)
        if kind is None:
            continue
        span = _without(_PREPOSITION, annotation, annotation.whole(mention))
        meant = annotation.instance(mention)
        yield GoldEntity(
            span, kind, meant.id if meant else None, may_be_name(annotation.reader.quote(span))
        )


def times(annotation: Annotation) -> dict[str, GoldTime]:
    """The time expressions by the ids of their mentions."""
    return {
        mention.id: GoldTime(
            _without(_TIME_PREPOSITION, annotation, annotation.whole(mention)),
            timex_value(mention.attrs.get("value")),
            kind,
            mention.attrs.get("DCT") == "TRUE",
        )
        for mention in annotation.record.mentions
        if (kind := time_kind(mention)) is not None
    }


def _without(preposition: re.Pattern[str], annotation: Annotation, span: Span) -> Span:
    found = preposition.match(annotation.reader.text, span.start, span.end)
    if found is None:
        return span
    annotation.reader.mended[CUT_PREPOSITION] += 1
    return Span(found.end(), span.end)

"""The short names of an answer's fields: one table for its schema, its reader and its explanation.

A model writes an answer token by token, so names of one letter make it shorter and sooner done.
"""

from typing import NamedTuple


class Field(NamedTuple):
    """A field of an answer: its name in ``schemas.output``, its short name, and what it means."""

    name: str
    short: str
    meaning: str


FIELDS = (
    Field("events", "e", "the events"),
    Field("event", "x", "the event asked about"),
    Field("nearby", "n", "listed events, completed"),
    Field("others", "o", "its parts that are not listed"),
    Field("relationships", "z", "the relationships"),
    Field("kind", "k", "the kind, one of those above"),
    Field("trigger", "t", "the fewest words that name the event"),
    Field("summary", "s", "one short sentence, in the document's language"),
    Field("mentions", "m", "other words for the same event"),
    Field("salience", "w", "its weight in the document, 0 to 100"),
    Field("confidence", "c", "how sure you are, 0 to 100"),
    Field(
        "polarity", "p", "positive: it happened; negative: it did not; possible: planned, or it may"
    ),
    Field("time", "d", "words that say when, or empty"),
    Field("place", "l", "words that say where, or empty"),
    Field("arguments", "a", "who or what takes part"),
    Field("role", "r", "the role, one of the event's kind"),
    Field("value", "v", "the words that fill the role"),
    Field("belongs", "b", "true if it is part of the event asked about"),
    Field("id", "i", "the listed event's name, as in e1"),
    Field("source", "f", "the source event's name"),
    Field("target", "g", "the target event's name"),
    Field("evidence", "q", "the words that show it"),
)
SHORT = {field.name: field.short for field in FIELDS}

"""What recognisers call the kinds of names, in the words of a profile."""

from collections.abc import Iterable
from typing import Final

from processors.errors import RecogniserError

NAME_KINDS: Final = ("person", "organization", "place")
# OntoNotes (most of spaCy's pipelines), CoNLL 2003 (most token classifiers), WNUT 2017, WikiNEuRal.
_KINDS: Final = {
    "PER": "person",
    "PERS": "person",
    "PERSON": "person",
    "ORG": "organization",
    "ORGANISATION": "organization",
    "ORGANIZATION": "organization",
    "CORPORATION": "organization",
    "COMPANY": "organization",
    "LOC": "place",
    "LOCATION": "place",
    "PLACE": "place",
    "GPE": "place",
    "GEO": "place",
    "FAC": "place",
    "FACILITY": "place",
}
# The rules find these, with their values.
_OF_RULES: Final = frozenset(
    {"address", "cardinal", "date", "duration", "email", "money", "number", "ordinal", "percent"}
    | {"percentage", "quantity", "time", "url"}
)
_SHOWN: Final = 6


def kind_of(label: str) -> str:
    """The kind that a label means; empty where the rules find it.

    A label of no kind of ours is a kind by itself, in lower case: it counts where a profile names
    it.
    """
    known = _KINDS.get(label.upper())
    if known:
        return known
    kind = label.lower()
    return "" if kind in _OF_RULES else kind


def check_labels(labels: Iterable[str], whose: str) -> None:
    """Refuse a recogniser that names no people, organizations or places.

    Args:
        labels: without marks such as B-.
        whose: what the message calls it.

    Raises:
        RecogniserError: none of its labels means one of them.
    """
    told = sorted(set(labels))
    if not any(kind_of(label) in NAME_KINDS for label in told):
        some = ", ".join(told[:_SHOWN]) or "none"
        raise RecogniserError(
            f"{whose} has no label for people, organizations or places (its labels: {some}): "
            "choose another in the setting recogniser_model"
        )

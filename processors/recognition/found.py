"""What a rule finds, before it has an identity."""

from collections.abc import Iterable
from typing import NamedTuple

from schemas.annotation import EntityOrigin

# Where two rules claim the same characters, the kind further up wins; of one kind, the longer
# claim, then the earlier. What is written by a grammar of its own (an address, an amount) is
# surer than a name.
KINDS = (
    "url",
    "email",
    "address",
    "date",
    "time",
    "money",
    "percent",
    "organization",
    "person",
    "place",
    "number",
)
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}
# Of a kind that only a profile and its recogniser know: after the names, before plain numbers.
_OTHER_RANK = _RANK["number"] - 0.5


class Found(NamedTuple):
    """``text[start:end]`` is of ``kind``; ``value`` is its normalised form, empty if unknown."""

    start: int
    end: int
    kind: str
    value: str
    origin: EntityOrigin = "rule"


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """The claims that hold, in the order of the text, no two on the same character."""
    kept: list[Found] = []
    for claim in sorted(found):
        # A claim may have to push out several earlier ones, or lose against any of them.
        rivals = 0
        while rivals < len(kept) and kept[-1 - rivals].end > claim.start:
            rivals += 1
        if all(_strength(claim) < _strength(rival) for rival in kept[len(kept) - rivals :]):
            del kept[len(kept) - rivals :]
            kept.append(claim)
    return kept


def _strength(claim: Found) -> tuple[float, int, int]:
    return _RANK.get(claim.kind, _OTHER_RANK), claim.start - claim.end, claim.start

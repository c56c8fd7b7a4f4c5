"""Rows of ``documents`` as readings, which can be compared."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from processors.comparison.reading import Participant, ReadEvent, Reading, ReadRelationship

_SPAN: Final = ("span_start", "span_end")
# Field of an event that is read -> its column.
_EVENT: Final = {
    "event_id": "event_id", "kind": "kind", "trigger": "trigger", "start": "span_start",
    "end": "span_end", "time_text": "time_text", "time_start": "time_start",
    "time_end": "time_end", "place": "place", "polarity": "polarity",
}  # fmt: skip
_LINK: Final = ("kind", "source_event_id", "target_event_id", "evidence")


def reading(row: Mapping[str, Any]) -> Reading:
    """What a row of ``run_pairs.pages`` says of its document."""
    taking_part: defaultdict[str, list[Participant]] = defaultdict(list)
    for of, *one in _nested(row, "arguments", ("event_id", "role", "text", *_SPAN)):
        role, words, start, end = one
        taking_part[of].append((role, words, start, end))
    return Reading(
        tuple(
            ReadEvent(
                **dict(zip(_EVENT, one, strict=True)), participants=frozenset(taking_part[one[0]])
            )
            for one in _nested(row, "events", _EVENT.values())
        ),
        tuple(ReadRelationship(*one) for one in _nested(row, "relationships", _LINK)),
    )


def _nested(
    row: Mapping[str, Any], group: str, columns: Iterable[str]
) -> Iterator[tuple[Any, ...]]:
    return zip(*(row[f"{group}.{column}"] for column in columns), strict=True)

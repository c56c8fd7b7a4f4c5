"""``topics``: what each topic holds, and what a replay from it can redo."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from millrace.event_loop import run_to_end
from millrace.settings import read_settings
from millrace.terminal import TERMINAL
from schemas import topics as names
from schemas.topics import LEVELS, extraction_topic, tier_and_level

if TYPE_CHECKING:
    from streams.broker.held import Held

# What a document passes after recognition.
_PASSES: Final = (*LEVELS, "validation")
_NOT_REPLAYED: Final = {
    names.DEAD_LETTERS: "letters are redriven, not replayed",
    names.INFERENCE_CALLS: "calls are no documents",
}


def topics(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Show what each topic holds, since when and for how long, and what a replay from it redoes.

    Exit status 3 when Kafka does not answer or a topic is missing.
    """
    from millrace import wiring
    from streams.broker.held import held
    from streams.topology import topic_names

    settings = read_settings()
    found = run_to_end(held(wiring.broker(settings), topic_names(wiring.stages(settings))))
    if as_json:
        TERMINAL.json([_plain(one) for one in found])
    else:
        _print(found)


def redone(topic: str) -> tuple[str, ...]:
    """What a replay from a topic does again of a document; empty where it cannot be replayed."""
    if topic in _NOT_REPLAYED:
        return ()
    if topic == names.DOCUMENTS_INGEST:
        return ("recognition", *_PASSES)
    if topic == names.DOCUMENTS_ANNOTATED:
        return _PASSES
    if topic in (names.EXTRACTIONS_VALIDATED, names.EXTRACTIONS_REVIEW):
        return ("rows",)
    for level in LEVELS:
        if topic == extraction_topic(level):
            return _PASSES[LEVELS.index(level) + 1 :]
    _, level = tier_and_level(topic)
    return _PASSES[LEVELS.index(level) :]


def _plain(one: "Held") -> dict[str, Any]:
    return {
        "topic": one.topic,
        "partitions": len(one.offsets),
        "records": one.records,
        "removed": one.removed,
        "first_offset": sum(first for first, _ in one.offsets.values()),
        "end_offset": sum(end for _, end in one.offsets.values()),
        "offsets": [
            {"partition": partition, "first": first, "end": end}
            for partition, (first, end) in one.offsets.items()
        ],
        "oldest": _moment(one.oldest_ms),
        "newest": _moment(one.newest_ms),
        "retention_ms": one.retention_ms,
        "replayable": bool(redone(one.topic)),
        "redoes": redone(one.topic),
    }


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)


def _print(found: list["Held"]) -> None:
    """Plain lines, as wide as the names of topics: a table would cut them in a narrow terminal."""
    from streams.broker.retention import in_words

    width = max(len(one.topic) for one in found)
    TERMINAL.say(
        f"{'topic':<{width}}{'part.':>6}{'held':>10}{'removed':>10}  {'oldest (UTC)':<17}"
        f"{'newest (UTC)':<17}{'kept':<9}a replay redoes"
    )
    for one in found:
        kept = "?" if one.retention_ms is None else in_words(one.retention_ms)
        redoes = ", ".join(redone(one.topic)) or f"nothing: {_NOT_REPLAYED[one.topic]}"
        TERMINAL.say(
            f"{one.topic:<{width}}{len(one.offsets):>6}{one.records:>10,}{one.removed:>10,}  "
            f"{_shown(one.oldest_ms):<17}{_shown(one.newest_ms):<17}{kept:<9}{redoes}"
        )


def _shown(at_ms: int | None) -> str:
    at = _moment(at_ms)
    return "–" if at is None else f"{at:%Y-%m-%d %H:%M}"

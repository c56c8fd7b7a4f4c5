"""What ``millrace dead-letters redrive`` does: letters are chosen, sent back and marked."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from infra.clickhouse import letters
from infra.clickhouse.client import Client
from infra.clickhouse.letters import LetterFilter, LetterName
from millrace import wiring
from millrace.event_loop import run_to_end
from millrace.settings import Settings
from schemas import topics
from schemas.letter import Letter
from streams.redrive import MARKED_TOGETHER, batch_size, check_topics, redrive

_BATCH_BYTES = 16 * 1024 * 1024

Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be redriven: ``again`` takes those that were before as well."""

    chosen: LetterFilter
    again: bool = False
    limit: int | None = None
    rate: float | None = None
    dry_run: bool = False


def redrive_letters(
    settings: Settings, wish: Wish, on_progress: Callable[[int, int], None] = lambda *_: None
) -> Report:
    """Redrive the letters that are chosen; what was sent and what was not.

    ``on_progress`` is told how many were sent and how many there are.

    Raises:
        RedriveError: a topic is not there any more; nothing was sent.
        UnavailableError: Kafka or ClickHouse does not answer.
    """
    with closing(Client(wiring.clickhouse(settings))) as client:
        chosen = wish.chosen if wish.again else replace(wish.chosen, redriven=False)
        before = 0
        if not wish.again:
            before = letters.count(client, replace(wish.chosen, redriven=True))
        named = letters.names(client, chosen)
        sendable = [one for one in named if one.topic != topics.DEAD_LETTERS]
        wanted = sendable if wish.limit is None else sendable[: wish.limit]
        report: Report = {
            "dry_run": wish.dry_run,
            "chosen": len(wanted),
            "redriven": 0,
            "topics": dict(Counter(one.topic for one in wanted)),
            "left_out": {
                "redriven_before": before,
                "about_letters": len(named) - len(sendable),
                "over_limit": len(sendable) - len(wanted),
            },
        }
        if not wanted:
            return report
        broker, sent = wiring.broker(settings), 0
        run_to_end(check_topics(broker, (one.topic for one in wanted)))
        if wish.dry_run:
            return report

        def mark(batch: Sequence[Letter]) -> None:
            nonlocal sent
            letters.mark_redriven(client, batch, datetime.now(UTC))
            sent += len(batch)
            on_progress(sent, len(wanted))

        batches = in_batches(client, wanted, batch_size(wish.rate))
        report["redriven"] = run_to_end(redrive(broker, batches, mark, wish.rate))
        return report


def in_batches(
    client: Client, wanted: Sequence[LetterName], most: int = MARKED_TOGETHER
) -> Iterator[Sequence[Letter]]:
    """The letters with their bytes, so many at a time that they fit in memory."""
    some: list[LetterName] = []
    size = 0
    for one in wanted:
        if some and (len(some) == most or size + one.bytes > _BATCH_BYTES):
            yield from _there(client, some)
            some, size = [], 0
        some.append(one)
        size += one.bytes
    yield from _there(client, some)


def _there(client: Client, some: Sequence[LetterName]) -> Iterator[Sequence[Letter]]:
    """The letters as they are now, unless all of them have failed again or were dropped since."""
    if found := letters.contents(client, some):
        yield found

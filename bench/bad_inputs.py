"""``bad_inputs``: 1,000 bad inputs mixed into 10,000 e-mails, and every record accounted for.

The e-mails go through a stack of their own without bad input first: what they are then is what they
must be with it.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from bench.accounting import Account, Ended, Place, Sent, State, account
from bench.bad_records import COUNT, bad_records, mixed
from bench.mail import emails
from bench.results import Measure
from bench.running_command import RunningCommand, running_command
from bench.stack import own_stack
from infra.clickhouse.client import Client
from millrace import wiring
from millrace.settings import Settings
from schemas.record import Outgoing
from schemas.topics import DOCUMENTS_INGEST
from streams.broker.admin import Positions
from streams.broker.outbox import Outbox
from streams.broker.reading import TopicReader
from streams.production import outgoing
from streams.settling import settle

MAILS = 10_000
SEED = 8
_GOOD = "mail-"
_BATCH = 500
_SETTLE_S = 3_600.0
_SHOWN = 3
# A letter of a later stage names the place of its source; that of the first record is in its text.
_LETTERS = f"""
SELECT
    JSONExtractRaw(ifNull(value, ''), 'origin') AS origin,
    JSONExtractString(origin, 'source_topic') = '{DOCUMENTS_INGEST}' AS is_later,
    is_later ? '{DOCUMENTS_INGEST}' : source_topic AS topic,
    is_later ? JSONExtractUInt(origin, 'source_partition') : source_partition AS partition,
    is_later ? JSONExtractUInt(origin, 'source_offset') : source_offset AS position,
    stage, kind
FROM dead_letters FINAL
"""  # noqa: S608 - constants
_ROWS = """
SELECT document_id, revision, events, source_topic, source_partition, source_offset
FROM current_documents
"""


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass of records came to."""

    seconds: float
    ended: Ended
    kinds: Counter[str]
    sent: Sent
    restarts: int


def bad_inputs() -> list[Measure]:
    return bad_inputs_among(MAILS)


def bad_inputs_among(mails: int, bad: int = COUNT) -> list[Measure]:
    """With ``bad`` bad inputs among ``mails`` e-mails."""
    good = [
        outgoing(mail.model_copy(update={"id": f"{_GOOD}{number}"}))
        for number, mail in enumerate(emails(mails))
    ]
    alone = _passed(good, {})
    states = {identity: state for identity, state, _ in alone.ended.rows}
    among = _passed(mixed(good, bad_records(SEED, bad), SEED), states)
    found = account(among.sent, among.ended)
    return _measures(alone, among, found)


def _measures(alone: _Pass, among: _Pass, found: Account) -> list[Measure]:
    bad, good = len(among.sent.bad), len(among.sent.good)
    kinds = ", ".join(f"{count} {kind}" for kind, count in among.kinds.most_common())
    wrong = Counter(lost=len(found.lost), twice=len(found.twice), changed=len(found.changed))
    examples = [*found.lost[:_SHOWN], *found.twice[:_SHOWN], *found.changed[:_SHOWN]]
    unended = [*found.unaccounted[:_SHOWN], *found.repeated[:_SHOWN]]
    return [
        Measure(
            "bad_inputs_lost", wrong.total(), "e-mails", 0, "lower",
            f"of {good:,} e-mails with {bad:,} bad inputs among them: {wrong['lost']} lost, "
            f"{wrong['twice']} twice, {wrong['changed']} other than without {examples or ''}",
        ),
        Measure(
            "bad_inputs_unaccounted", len(found.unaccounted) + len(found.repeated), "", 0, "lower",
            f"of {bad:,} bad inputs {found.letters:,} are letters ({kinds}), the others documents; "
            f"neither {len(found.unaccounted)}, more than once {len(found.repeated)} "
            f"{unended or ''}",
        ),
        Measure(
            "bad_inputs_restarts", among.restarts, "", 0, "lower",
            "of processes of stages; none gave up, or this would not be here",
        ),
        Measure(
            "bad_inputs_rate_ratio",
            (good + bad) / among.seconds / (good / alone.seconds),
            "", None, "higher",
            f"records a second with bad input against without: {good + bad:,} in "
            f"{among.seconds:.0f} s, {good:,} in {alone.seconds:.0f} s; one "
            "after the other, so what else the machine did is in it",
        ),
    ]  # fmt: skip


def _passed(records: Sequence[Outgoing], expected: dict[str, State]) -> _Pass:
    """Send records through a stack of their own, and see what comes of them."""
    with own_stack() as settings, running_command(settings) as command:
        began = time.monotonic()
        first = asyncio.run(_send(settings, records))
        _settle(settings, command)
        seconds = time.monotonic() - began
        restarts = command.restarts
        sent = asyncio.run(_sent(settings, first, expected))
        with closing(Client(wiring.clickhouse(settings))) as client:
            ended, kinds = _ended(client)
    return _Pass(seconds, ended, kinds, sent, restarts)


async def _send(settings: Settings, records: Sequence[Outgoing]) -> set[Place]:
    """Send all; give the places of those that were sent between stages."""
    broker = wiring.broker(settings)
    later = [one for one in records if one.topic != DOCUMENTS_INGEST]
    places: set[Place] = set()
    outbox = Outbox(broker)
    async with Positions(broker) as positions, outbox:
        # While the first topic is empty no stage writes to these.
        topics = sorted({one.topic for one in later})
        before = await positions.ends(topics) if topics else {}
        await outbox.send(later)
        after = await positions.ends(topics) if topics else {}
        for at, end in after.items():
            places |= {(at.topic, at.partition, offset) for offset in range(before[at], end)}
        source = (one for one in records if one.topic == DOCUMENTS_INGEST)
        while batch := list(islice(source, _BATCH)):
            await outbox.send(batch)
    return places


def _settle(settings: Settings, command: RunningCommand) -> None:
    def check(_stage: str, _behind: int) -> None:
        command.check()

    asyncio.run(settle(wiring.broker(settings), wiring.stages(settings), _SETTLE_S, check))


async def _sent(settings: Settings, later: set[Place], expected: dict[str, State]) -> Sent:
    """What lies on the first topic, whatever the keys of bad input are."""
    broker = wiring.broker(settings)
    good: dict[str, Place] = {}
    bad = set(later)
    async with Positions(broker) as positions, TopicReader(broker) as reader:
        ends = await positions.ends([DOCUMENTS_INGEST])
        ranges = {at.partition: (0, end) for at, end in ends.items()}
        async for records in reader.records(DOCUMENTS_INGEST, ranges):
            for one in records:
                place = (one.topic, one.partition, one.offset)
                if (one.key or b"").startswith(_GOOD.encode()):
                    good[(one.key or b"").decode()] = place
                else:
                    bad.add(place)
    return Sent(good, frozenset(bad), expected)


def _ended(client: Client) -> tuple[Ended, Counter[str]]:
    rows = [
        (
            str(row["document_id"]),
            State(str(row["revision"]), int(row["events"])),
            (str(row["source_topic"]), int(row["source_partition"]), int(row["source_offset"])),
        )
        for row in client.query(_ROWS)
    ]
    letters = client.query(_LETTERS)
    places = [(str(one["topic"]), int(one["partition"]), int(one["position"])) for one in letters]
    return Ended(rows, places), Counter(str(one["kind"]) for one in letters)


def main() -> None:
    """``python -m bench.bad_inputs MAILS BAD``: of another size, and nothing is kept."""
    for one in bad_inputs_among(int(sys.argv[1]), int(sys.argv[2])):
        print(f"  {one.name}: {one.value:.3g} {one.unit} {one.note}", flush=True)


if __name__ == "__main__":
    main()

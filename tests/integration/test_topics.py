"""What topics keep and hold, on a real Kafka."""

import asyncio
import os
import time
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from millrace import wiring
from millrace.commands.stack import prepare
from millrace.settings import Settings
from schemas.record import Outgoing
from streams.broker.admin import (
    FOREVER,
    LETTER_BYTES,
    Retention,
    TopicSettings,
    admin_client,
    create_topics,
)
from streams.broker.connection import Broker
from streams.broker.held import held
from streams.broker.outbox import Outbox
from streams.broker.retention import Applied, apply_retention, retentions
from tests.command import elsewhere, millrace
from tests.streams.tables_behaviour import unique

pytestmark = pytest.mark.integration
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


async def made(broker: Broker, retention_ms: int | None = None) -> str:
    """A new topic of one partition."""
    name = unique("topics")
    kept = {} if retention_ms is None else {name: Retention(retention_ms)}
    await create_topics(broker, [name], TopicSettings(1, 1, kept))
    return name


class TestRetention:
    async def test_a_new_topic_has_it(self, broker: Broker) -> None:
        name = await made(broker, HOUR_MS)

        assert await retentions(broker, [name]) == {name: HOUR_MS}

    async def test_one_that_is_there_gets_what_was_chosen_and_keeps_all_else(
        self, broker: Broker
    ) -> None:
        name = await made(broker)
        own = {"max.message.bytes": str(LETTER_BYTES), "segment.ms": "600000"}
        async with admin_client(broker) as admin:
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, own)])

        applied = await apply_retention(broker, {name: Retention(HOUR_MS, is_chosen=True)})

        assert applied.changed == {name: (7 * DAY_MS, HOUR_MS)}
        assert applied.refused == {}
        assert await own_configs(broker, name) == own | {"retention.ms": str(HOUR_MS)}

    async def test_what_is_so_already_is_not_touched(self, broker: Broker) -> None:
        name = await made(broker, FOREVER)

        applied = await apply_retention(broker, {name: Retention(FOREVER, is_chosen=True)})

        assert applied == Applied({}, {})

    @pytest.mark.parametrize(
        ("now", "default", "then"),
        [(DAY_MS, HOUR_MS, DAY_MS), (FOREVER, DAY_MS, FOREVER), (HOUR_MS, DAY_MS, DAY_MS)],
    )
    async def test_a_default_lengthens_and_never_shortens(
        self, broker: Broker, now: int, default: int, then: int
    ) -> None:
        name = await made(broker, now)

        await apply_retention(broker, {name: Retention(default)})

        assert await retentions(broker, [name]) == {name: then}

    async def test_what_kafka_refuses_is_told_and_stops_nothing(self, broker: Broker) -> None:
        refused, fine = await made(broker), await made(broker)

        applied = await apply_retention(
            broker, {refused: Retention(-5, is_chosen=True), fine: Retention(HOUR_MS, True)}
        )

        assert applied.refused[refused].startswith("InvalidConfigurationError: ")
        assert list(applied.changed) == [fine]

    async def test_a_topic_that_is_missing_is_left_out(self, broker: Broker) -> None:
        applied = await apply_retention(broker, {"nowhere": Retention(HOUR_MS, is_chosen=True)})

        assert applied == Applied({}, {})


async def own_configs(broker: Broker, name: str) -> dict[str, str]:
    """What is set for the topic itself."""
    async with admin_client(broker) as admin:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    return {key: value for key, value, _, source, *_ in answer.resources[0][4] if source == 1}


class TestWhatIsHeld:
    async def test_offsets_and_times_tell_what_is_there_and_what_was_removed(
        self, broker: Broker
    ) -> None:
        name = await made(broker, DAY_MS)
        before = time.time() * 1000 - 1
        outbox = Outbox(broker)
        async with outbox:
            for number in range(3):
                await outbox.send([Outgoing(name, b"k", b"%d" % number)])
        async with admin_client(broker) as admin:
            await admin.delete_records({TopicPartition(name, 0): RecordsToDelete(2)})

        (found,) = await held(broker, [name])

        assert found.offsets == {0: (2, 3)}
        assert (found.records, found.removed) == (1, 2)
        assert found.oldest_ms is not None
        assert before < found.oldest_ms == found.newest_ms
        assert found.retention_ms == DAY_MS

    async def test_an_empty_topic_has_no_times(self, broker: Broker) -> None:
        name = await made(broker)

        (found,) = await held(broker, [name])

        assert (found.records, found.oldest_ms, found.newest_ms) == (0, None, None)


class TestTheCommand:
    def test_it_shows_every_topic_of_the_topology(self, settings: Settings) -> None:
        found = {one["topic"]: one for one in millrace("topics", "--json").json()}
        out = millrace("topics").out

        assert list(found) == list(wiring.topic_settings(settings).retention)
        ingest = found["documents.ingest"]
        assert ingest["partitions"] == len(ingest["offsets"]) == settings.kafka_partitions
        assert ingest["records"] == ingest["end_offset"] - ingest["first_offset"]
        assert ingest["retention_ms"] == 30 * DAY_MS
        assert ingest["replayable"]
        assert not found["dead-letters"]["replayable"]
        assert all(name in out for name in found)
        assert "nothing: letters are redriven, not replayed" in out

    def test_without_kafka_it_ends_with_3(self, tmp_path: Path) -> None:
        ended = millrace("topics", environment={**os.environ, **elsewhere(tmp_path)})

        assert ended.status == 3
        assert "Kafka does not answer" in ended.err


def test_preparing_says_what_it_changed(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    longer = settings.model_copy(update={"retention": {"dead-letters": "31d"}})
    prepare(longer)
    said = capsys.readouterr().err
    prepare(settings.model_copy(update={"retention": {"dead-letters": "30d"}}))

    assert "retention: dead-letters 30d → 31d" in said
    assert asyncio.run(retentions(wiring.broker(settings), ["dead-letters"])) == {
        "dead-letters": 30 * DAY_MS
    }

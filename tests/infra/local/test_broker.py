"""The local Kafka: what it takes, and how its storage and jars are kept whole."""

import asyncio
import shutil
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import MessageSizeTooLargeError, UnknownTopicOrPartitionError

from infra.local import broker_jars, broker_storage
from infra.local.addresses import Address
from infra.local.broker_config import server_properties
from infra.local.errors import DownloadError, StorageError
from infra.local.stack import StackSettings
from tests.local_stack import silent

MIB = 1024 * 1024


def bootstrap(stack: StackSettings) -> str:
    return f"{stack.kafka_host}:{stack.kafka_port}"


async def make_topic(stack: StackSettings, name: str, **config: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap(stack))
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 1, 1, topic_configs=config)])
    finally:
        await admin.close()


async def send(stack: StackSettings, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap(stack), max_request_size=64 * MIB)
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


@pytest.mark.integration
async def test_a_dead_letter_of_20_mib_passes_and_comes_back(stack: StackSettings) -> None:
    await make_topic(stack, "large", **{"max.message.bytes": str(21 * MIB)})
    value = b"x" * (20 * MIB)
    await send(stack, "large", value)
    consumer = AIOKafkaConsumer(
        "large",
        bootstrap_servers=bootstrap(stack),
        group_id="readers",
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=21 * MIB,
    )
    await consumer.start()
    try:
        record = await asyncio.wait_for(consumer.getone(), 30)
        assert record.value == value
        await consumer.commit()
    finally:
        await consumer.stop()


@pytest.mark.integration
async def test_a_topic_keeps_its_own_lower_limit(stack: StackSettings) -> None:
    await make_topic(stack, "small", **{"max.message.bytes": str(MIB)})
    with pytest.raises(MessageSizeTooLargeError):
        await send(stack, "small", b"x" * 2 * MIB)


@pytest.mark.integration
async def test_topics_are_not_made_by_naming_them(stack: StackSettings) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap(stack))
    await admin.start()
    try:
        (described,) = await admin.describe_topics(["never-made"])
    finally:
        await admin.close()
    assert described["error_code"] == UnknownTopicOrPartitionError.errno


def test_a_folder_is_formatted_once_and_never_half(tmp_path: Path) -> None:
    formatted: list[str] = []

    def format_folder(cluster_id: str, folder: Path) -> None:
        formatted.append(cluster_id)
        (folder / "bootstrap.checkpoint").touch()
        (folder / "meta.properties").write_text(f"cluster.id={cluster_id}\nnode.id=1\nversion=1\n")

    def crash(_: str, folder: Path) -> None:
        (folder / "meta.properties").write_text("cluster")
        raise StorageError("killed")

    with pytest.raises(StorageError, match="killed"):
        broker_storage.ensure_formatted(tmp_path, crash)
    assert not (tmp_path / "data").exists()
    broker_storage.ensure_formatted(tmp_path, format_folder)
    broker_storage.ensure_formatted(tmp_path, format_folder)
    assert len(formatted) == 1
    (tmp_path / "data" / "meta.properties").write_text("")
    broker_storage.ensure_formatted(tmp_path, format_folder)
    assert len(formatted) == 2


def test_damaged_storage_with_topics_is_not_touched(tmp_path: Path) -> None:
    partition = tmp_path / "data" / "documents.ingest-0"
    partition.mkdir(parents=True)
    with pytest.raises(StorageError, match=r"has topics \(documents.ingest-0"):
        broker_storage.ensure_formatted(tmp_path, lambda *_: None)
    assert partition.exists()


def test_properties_stand_spaces_and_other_scripts_in_paths() -> None:
    address = Address("Kafka", "127.0.0.1", 9092, "")
    text = server_properties(address, address, Path("/a b/é/🌊"))
    assert "log.dirs=/a b/\\u00e9/\\ud83c\\udf0a\n" in text


def test_the_lock_file_is_what_the_coordinates_resolve_to() -> None:
    assert broker_jars.resolve() == broker_jars.expected_hashes()


def test_broken_and_missing_jars_are_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = broker_jars.fetch(silent)
    cache = whole[0].parents[len(whole[0].parents) - 1 - whole[0].parts.index("repository")]
    copy = tmp_path / "repository"
    shutil.copytree(cache, copy)
    monkeypatch.setenv("M2_REPO", str(copy))
    jars = broker_jars.fetch(silent)
    truncated = next(jar for jar in jars if "re2j" in jar.name)
    missing = next(jar for jar in jars if "argparse" in jar.name)
    truncated.write_bytes(truncated.read_bytes()[:1000])
    missing.unlink()
    progress: list[str] = []
    assert broker_jars.fetch(progress.append) == jars
    assert progress == ["kafka: downloading 2 of 46 jars (44 MB in all, once)"]
    assert [jar.read_bytes() for jar in jars] == [jar.read_bytes() for jar in whole]


def test_a_jar_that_stays_wrong_is_an_error_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "net.sf.jopt-simple:jopt-simple:5.0.4"
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(f'[jars]\n"{name}" = "00"\n')
    monkeypatch.setenv("M2_REPO", str(tmp_path / "repository"))
    monkeypatch.setattr(broker_jars, "LOCK_FILE", wrong)
    with pytest.raises(
        DownloadError, match=r"jopt-simple-5\.0\.4\.jar of Kafka: its content is not"
    ):
        broker_jars.fetch(silent)
    assert not list((tmp_path / "repository").rglob("*.jar"))

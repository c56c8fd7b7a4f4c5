"""Every secret is used for what it is, and is in nothing that processes leave, say or listen to."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from infra.local.addresses import free_port, is_loopback
from millrace.targets import targets
from tests.command import Ended, eventually, millrace
from tests.metrics_pages import text
from tests.security.canaries import canary, found, secret_settings
from tests.security.working_secrets import DOCUMENT, PASSWORD_OF_KAFKA, WorkingFlow, working_flow

# A flow of two servers of models, Kafka with TLS and ClickHouse takes long on a busy machine.
pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]
COMMANDS = (
    ("config", "--json"),
    ("status", "--json"),
    ("doctor", "--json"),
    ("replay", "documents.ingest"),
)
# The same with the servers away, and with one that refuses: what is said then names them.
AWAY = (("doctor", "--json"), ("produce", "-"))
REFUSED = (("status", "--json"), ("produce", "-"))


@dataclass(frozen=True)
class Seen:
    """What was looked at while all ran, by where it was."""

    flow: WorkingFlow
    commands: Mapping[str, Ended]
    places: Mapping[str, str | bytes]
    listening: frozenset[str]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("secrets")
    with working_flow(folder) as flow:
        produced = millrace("produce", "-", "--wait", given=DOCUMENT, environment=flow.environment)
        eventually(lambda: bool(flow.receiver.bodies), "spans came")
        # Services of earlier tests that were ended are children still, until they are waited for.
        children = psutil.Process().children(recursive=True)
        ours = [one for one in children if one.status() != psutil.STATUS_ZOMBIE]
        arguments = {f"arguments of {one.name()} {one.pid}": str(one.cmdline()) for one in ours}
        listening = frozenset(
            f"{one.name()} at {connection.laddr.ip}"
            for one in ours
            for connection in one.net_connections(kind="inet")
            if connection.status == psutil.CONN_LISTEN
        )
        pages = {
            f"{path} of {one.process}": text(one.address, path)[1]
            for one in targets(folder / "home")
            for path in ("/metrics", "/healthz", "/readyz")
        }
        records = {str(file): file.read_bytes() for file in _files(folder / "home" / "run")}
        commands = {"produce": produced, **_answers(flow)}
    return Seen(
        flow,
        commands,
        {
            "run": "".join(flow.said),
            **{name: ended.out + ended.err for name, ended in commands.items()},
            **arguments,
            **pages,
            **records,
            **{f"spans {at}": body for at, body in enumerate(flow.receiver.bodies)},
            **{str(file): file.read_bytes() for one in flow.folders for file in _files(one)},
        },
        listening,
    )


def _answers(flow: WorkingFlow) -> dict[str, Ended]:
    """What all commands say, a few at a time; what they left of their replays stays in the home."""
    nowhere = free_port("127.0.0.1")
    away = {
        "MILLRACE_KAFKA_BOOTSTRAP": f"127.0.0.1:{nowhere}",
        "MILLRACE_CLICKHOUSE_URL": f"http://127.0.0.1:{nowhere}",
    }
    refused = {
        "MILLRACE_CLICKHOUSE_PASSWORD": canary("clickhouse_password") + "wrong",
        "MILLRACE_KAFKA_SASL_PASSWORD": canary("kafka_sasl_password") + "wrong",
    }
    asked: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
        **{" ".join(one): (one, {}) for one in COMMANDS},
        **{f"{' '.join(one)}, all away": (one, away) for one in AWAY},
        **{f"{' '.join(one)}, refused": (one, refused) for one in REFUSED},
    }
    with ThreadPoolExecutor(3) as pool:
        ended = pool.map(
            lambda one: millrace(
                *one[0], given=DOCUMENT, environment={**flow.environment, **one[1]}
            ),
            asked.values(),
        )
        return dict(zip(asked, ended, strict=True))


def _files(folder: Path) -> list[Path]:
    """Logs, checkpoints, records of processes, caches, tables."""
    return [file for file in folder.rglob("*") if file.is_file()]


def test_every_secret_was_used(seen: Seen) -> None:
    """Else nothing below would prove anything."""
    assert "1 validated" in seen.commands["produce"].out, seen.commands["produce"].err
    for server, setting in (
        (seen.flow.small, "openai_api_key"),
        (seen.flow.large, "tier.openai_api_key"),
    ):
        assert set(server.keys) <= {f"Bearer {canary(setting)}"}
    assert seen.flow.small.asked
    for name in ("replay documents.ingest", "config --json", "status --json"):
        assert seen.commands[name].status == 0, seen.commands[name].err
    for name in ("status --json, refused", "produce -, refused", "produce -, all away"):
        assert seen.commands[name].status in (1, 3), name


def test_no_secret_is_anywhere(seen: Seen) -> None:
    of_kafka = [name for name, content in seen.places.items() if PASSWORD_OF_KAFKA in str(content)]

    assert found(seen.places) == []
    assert of_kafka == []


def test_all_that_could_hold_one_was_looked_at(seen: Seen) -> None:
    looked_at = "\n".join(seen.places)

    for place in ("stages.log", "replays/", "run/metrics", "cache/", "logs/clickhouse.log",
                  "/metrics of", "/readyz of", "spans 0"):  # fmt: skip
        assert place in looked_at
    assert any("millrace.worker" in content for content in map(str, seen.places.values()))
    assert any("infra.local.server" in content for content in map(str, seen.places.values()))
    assert any(b'"level": "debug"' in content for content in seen.places.values()
               if isinstance(content, bytes))  # fmt: skip
    assert len(secret_settings()) == 8, "set the new secret in working_secrets.py, and count it"


def test_whatever_we_start_listens_on_loopback_alone(seen: Seen) -> None:
    addresses = {one: one.rpartition(" at ")[2].removeprefix("::ffff:") for one in seen.listening}

    assert {one.partition(" at ")[0] for one in addresses} >= {"java"}
    assert len(addresses) >= 2
    assert [one for one, address in addresses.items() if not is_loopback(address)] == []

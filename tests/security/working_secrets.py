"""A flow in which every secret is used: Kafka, ClickHouse and models ask for theirs."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from json import dumps
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from infra.local.warehouse import Credentials
from tests.command import millrace_in_background
from tests.flow import ingest_json
from tests.infra.local.conftest import warehouse
from tests.integration.test_secured_kafka import PERMITTED
from tests.model_answers import AnsweringServer, rehearsed
from tests.otlp_receiver import Receiver, receiving
from tests.secured_kafka import KEY_SECRET, SECRET, SecuredKafka, secured_kafka
from tests.security.canaries import canary, sentry_dsn

SMALL, LARGE = "acme/reader-8b", "acme/reader-70b"
_DOCUMENT = ingest_json("secret-1", published_at="2024-03-04T09:00:00Z")
DOCUMENT = f"{(_DOCUMENT.value or b'').decode()}\n"
# The broker of tests has a password of its own; all others are canaries.
PASSWORD_OF_KAFKA = SECRET


@dataclass(frozen=True)
class WorkingFlow:
    """The settings of a running flow, where it keeps its files, and who was asked what."""

    environment: Mapping[str, str]
    folders: tuple[Path, ...]
    receiver: Receiver
    small: AnsweringServer
    large: AnsweringServer
    said: list[str]


@contextmanager
def working_flow(folder: Path) -> Iterator[WorkingFlow]:
    """All stages in one process, ready; ended with the context, when `said` is complete."""
    users = Credentials(
        "stages", canary("clickhouse_password"), "reader", canary("clickhouse_reader_password")
    )
    home, tables = folder / "home", folder / "tables"
    said: list[str] = []
    with ExitStack() as running:
        kafka = running.enter_context(secured_kafka())
        asyncio.run(kafka.permit(*PERMITTED))
        service = running.enter_context(warehouse(tables, users))
        small, large = AnsweringServer(SMALL), AnsweringServer(LARGE)
        for server, setting in ((small, "openai_api_key"), (large, "tier.openai_api_key")):
            running.enter_context(server.running())
            server.take_only(canary(setting))
        small.answers.update({asked.user: one for asked, one in rehearsed([_DOCUMENT]).items()})
        receiver = running.enter_context(receiving())
        environment = {
            **kafka.scram(
                ssl_certfile=str(kafka.certfile),
                ssl_keyfile=str(_key_with_canary(kafka)),
                ssl_password=canary("kafka_ssl_password"),
            ),
            "MILLRACE_HOME": str(home),
            "MILLRACE_CLICKHOUSE_URL": f"http://{service.address}",
            "MILLRACE_CLICKHOUSE_USER": users.writer,
            "MILLRACE_CLICKHOUSE_PASSWORD": users.writer_password,
            "MILLRACE_CLICKHOUSE_READER_PASSWORD": users.reader_password,
            "MILLRACE_ENGINE": "openai",
            "MILLRACE_MODEL": SMALL,
            "MILLRACE_OPENAI_URLS": small.url,
            "MILLRACE_OPENAI_API_KEY": canary("openai_api_key"),
            "MILLRACE_TIERS": "small,large",
            "MILLRACE_TIER": dumps({"large": _large(large.url)}),
            "MILLRACE_ROUTES": dumps([{"tier": "small"}]),
            "MILLRACE_SENTRY_DSN": sentry_dsn(1),
            "MILLRACE_GRAFANA_URL": "http://127.0.0.1:1",
            "MILLRACE_GRAFANA_TOKEN": canary("grafana_token"),
            "MILLRACE_LOG_LEVEL": "DEBUG",
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with millrace_in_background("run", "--processes", "one", environment=environment) as stages:
            assert stages.stderr is not None
            for line in stages.stderr:
                said.append(line)
                if "Ctrl-C ends all stages" in line:
                    break
            yield WorkingFlow(environment, (home, tables), receiver, small, large, said)
            stages.terminate()
            said += stages.communicate(timeout=40)
            assert stages.returncode == 0, said


def _large(url: str) -> dict[str, object]:
    key = canary("tier.openai_api_key")
    return {"model": LARGE, "openai_urls": [url], "openai_api_key": key}


def _key_with_canary(kafka: SecuredKafka) -> Path:
    """The client's key once more, its password the canary."""
    key = load_pem_private_key(kafka.keyfile.read_bytes(), KEY_SECRET.encode())
    encryption = BestAvailableEncryption(canary("kafka_ssl_password").encode())
    file = kafka.folder / "of-this-test.key"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    return file

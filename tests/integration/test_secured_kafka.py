"""The whole flow on a Kafka that wants TLS, a password and permissions, and how it refuses."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infra.local.stack import StackSettings
from millrace import wiring
from millrace.settings import Settings
from millrace.worker_agreement import EXIT_SETUP
from schemas.errors import AccessError, UnavailableError
from streams.broker.admin import Positions, TopicSettings, create_topics, missing_topics
from streams.broker.connection import Broker
from streams.broker.outbox import Outbox
from tests.command import millrace, millrace_in_background, processes_of_stages
from tests.flow import TEXT
from tests.secured_kafka import (
    KEY_SECRET,
    SECRET,
    USER,
    Operation,
    Pattern,
    Permission,
    Resource,
    SecuredKafka,
    secured_kafka,
    settings,
)
from tests.tls_proxy import tls_proxy

pytestmark = pytest.mark.integration
WRONG = "a wrong secret"
# What docs/security.md tells administrators to permit.
PERMITTED = [
    *(
        Permission(Resource.TOPIC, Pattern.PREFIXED, prefix, operation)
        for prefix in ("documents.", "inference.", "extraction", "dead-letters")
        for operation in (Operation.CREATE, Operation.DESCRIBE, Operation.READ, Operation.WRITE)
    ),
    *(
        Permission(Resource.GROUP, Pattern.PREFIXED, "millrace.", operation)
        for operation in (Operation.DESCRIBE, Operation.READ)
    ),
]


@pytest.fixture(scope="module")
def kafka() -> Iterator[SecuredKafka]:
    with secured_kafka() as running:
        yield running


@pytest.fixture(scope="module")
def place(
    kafka: SecuredKafka, stack: StackSettings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The settings beside Kafka's: a home, and ClickHouse behind TLS with a database of its own."""
    folder = tmp_path_factory.mktemp("secured")
    with tls_proxy(stack.clickhouse_port, folder) as clickhouse:
        yield {
            "MILLRACE_HOME": str(folder / "home"),
            "MILLRACE_CLICKHOUSE_URL": clickhouse.url,
            "MILLRACE_CLICKHOUSE_SSL_CAFILE": str(clickhouse.cafile),
            "MILLRACE_CLICKHOUSE_DATABASE": "secured",
        }


def broker(environment: Mapping[str, str]) -> Broker:
    """What the settings of Kafka among these become."""
    values = {name.removeprefix("MILLRACE_").lower(): value for name, value in environment.items()}
    return wiring.broker(Settings.model_validate(values))


def mutual(kafka: SecuredKafka, **changed: str) -> dict[str, str]:
    return settings(
        bootstrap=kafka.mutual_tls,
        security_protocol="SSL",
        ssl_cafile=str(kafka.cafile),
        ssl_certfile=str(kafka.certfile),
        ssl_keyfile=str(kafka.keyfile),
        ssl_password=KEY_SECRET,
    ) | settings(**changed)


def in_the_clear(kafka: SecuredKafka, mechanism: str) -> dict[str, str]:
    return settings(
        bootstrap=kafka.sasl_plaintext,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism=mechanism,
        sasl_username=USER,
        sasl_password=SECRET,
    )


def test_a_document_goes_all_the_way_with_no_more_than_it_must_be_permitted(
    kafka: SecuredKafka, place: dict[str, str]
) -> None:
    """TLS, SCRAM, access control, and ClickHouse behind TLS, set by the environment alone."""
    environment = {**place, **kafka.scram()}
    asyncio.run(kafka.permit(*PERMITTED))
    document = f'{{"id": "secured-1", "profile": "news", "text": "{TEXT}"}}\n'

    with millrace_in_background("run", "--processes", "one", environment=environment) as stages:
        assert stages.stderr is not None
        next(line for line in stages.stderr if "Ctrl-C ends all stages" in line)
        produced = millrace("produce", "-", "--wait", given=document, environment=environment)
        stages_run = processes_of_stages(environment)
        stages.terminate()
        assert stages.wait(30) == 0

    assert set(stages_run.values()) == {1}
    assert "1 validated, 0 for review, 0 dead-lettered" in produced.out, produced.err
    log = (Path(place["MILLRACE_HOME"]) / "logs" / "stages.log").read_text()
    assert SECRET not in log + produced.err


class TestEveryWayIn:
    @pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
    async def test_a_password_in_the_clear(self, kafka: SecuredKafka, mechanism: str) -> None:
        assert await missing_topics(broker(in_the_clear(kafka, mechanism)), ["none"]) == ["none"]

    async def test_a_certificate_of_the_clients_own(self, kafka: SecuredKafka) -> None:
        assert await missing_topics(broker(mutual(kafka)), ["none"]) == ["none"]


class TestRefusals:
    @pytest.mark.parametrize("client", [Positions, Outbox])
    async def test_a_wrong_password_whichever_client_asks(
        self, kafka: SecuredKafka, client: type[Positions] | type[Outbox]
    ) -> None:
        opened = client(broker(kafka.scram(sasl_password=WRONG)))

        with pytest.raises(AccessError, match="refused user 'stages' with this password"):
            async with opened:
                pytest.fail("it let us in")

    async def test_a_client_without_a_certificate(self, kafka: SecuredKafka) -> None:
        environment = kafka.scram(bootstrap=kafka.mutual_tls)

        assert await refusal(broker(environment)) == (
            f"Kafka at {kafka.mutual_tls} refused the certificate of this client (tlsv13 alert "
            "certificate required): set MILLRACE_KAFKA_SSL_CERTFILE and "
            "MILLRACE_KAFKA_SSL_KEYFILE to one that it trusts"
        )

    async def test_a_user_who_may_create_no_topics(self, kafka: SecuredKafka) -> None:
        """One with a certificate, to whom nothing was permitted."""
        cluster = broker(mutual(kafka))

        with pytest.raises(AccessError) as raised:
            await create_topics(cluster, ["secret-topic"], TopicSettings())

        assert str(raised.value) == (
            "Kafka does not let this user create topic secret-topic: permit it Create and "
            "Describe, or have the topics created by another user"
        )

    async def test_a_mechanism_that_the_listener_does_not_have(self, kafka: SecuredKafka) -> None:
        assert await refusal(broker(kafka.scram(sasl_mechanism="PLAIN"))) == (
            f"Kafka at {kafka.sasl_ssl} does not take PLAIN: set MILLRACE_KAFKA_SASL_MECHANISM to "
            "one that its listener has"
        )

    async def test_a_name_that_is_not_in_the_certificate(self, kafka: SecuredKafka) -> None:
        elsewhere = kafka.sasl_ssl.replace("127.0.0.1", "localhost")

        said = await refusal(broker(kafka.scram(bootstrap=elsewhere)))

        assert said.startswith(f"Kafka at {elsewhere} shows a certificate for another name")
        assert said.endswith("set MILLRACE_KAFKA_BOOTSTRAP to a name that is in it")

    async def test_a_user_where_none_is_asked_for(self, kafka: SecuredKafka) -> None:
        environment = {**in_the_clear(kafka, "PLAIN"), **settings(bootstrap=kafka.plaintext)}

        assert (await refusal(broker(environment))).startswith(
            f"Kafka at {kafka.plaintext} asks for no user on this listener"
        )

    @pytest.mark.parametrize(
        ("protocol", "listener"),
        [("PLAINTEXT", "sasl_ssl"), ("PLAINTEXT", "sasl_plaintext"), ("SSL", "plaintext")],
    )
    async def test_a_protocol_that_the_listener_does_not_speak(
        self, kafka: SecuredKafka, protocol: str, listener: str
    ) -> None:
        """It looks like a broker that is stopping, so it is tried again."""
        address = getattr(kafka, listener)

        with pytest.raises(UnavailableError) as raised:
            await missing_topics(
                broker(settings(bootstrap=address, security_protocol=protocol)), []
            )

        assert str(raised.value) == (
            f"Kafka at {address} closed the connection without an answer: if it runs, set "
            f"MILLRACE_KAFKA_SECURITY_PROTOCOL to what its listener speaks, now {protocol}"
        )


class TestTheCommand:
    def test_a_wrong_password_is_one_line_and_status_1(
        self, kafka: SecuredKafka, place: dict[str, str]
    ) -> None:
        environment = {**place, **kafka.scram(sasl_password=WRONG)}

        ended = millrace("run", environment=environment)

        assert ended.status == 1
        assert ended.err == (
            f"millrace: Kafka at {kafka.sasl_ssl} refused user 'stages' with this password "
            "(SCRAM-SHA-512): check MILLRACE_KAFKA_SASL_USERNAME and "
            "MILLRACE_KAFKA_SASL_PASSWORD\n"
        )

    def test_an_authority_that_signed_nothing_is_one_line_and_status_1(
        self, kafka: SecuredKafka, place: dict[str, str]
    ) -> None:
        environment = {**place, **kafka.scram(ssl_cafile=str(kafka.other_cafile))}

        ended = millrace("run", environment=environment)

        assert ended.status == 1
        assert ended.err == (
            f"millrace: Kafka at {kafka.sasl_ssl} shows a certificate that is not trusted (unable "
            "to get local issuer certificate): set MILLRACE_KAFKA_SSL_CAFILE to the file of its "
            "authority\n"
        )

    def test_a_client_without_tls_is_one_line_and_status_3(
        self, kafka: SecuredKafka, place: dict[str, str]
    ) -> None:
        ended = millrace("run", environment={**place, **settings(bootstrap=kafka.sasl_ssl)})

        assert ended.status == 3
        assert len(ended.err.splitlines()) == 1
        assert "set MILLRACE_KAFKA_SECURITY_PROTOCOL to what its listener speaks" in ended.err


def test_a_process_of_stages_ends_instead_of_waiting_for_another_password(
    kafka: SecuredKafka, place: dict[str, str]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "millrace.worker", "--instance", "here-0", "ner"],
        env={**os.environ, **place, **kafka.scram(sasl_password=WRONG)},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip

    assert ended.returncode == EXIT_SETUP
    assert "refused user 'stages' with this password" in ended.stderr.splitlines()[-1]
    assert WRONG not in ended.stderr


async def refusal(cluster: Broker) -> str:
    with pytest.raises(AccessError) as raised:
        await missing_topics(cluster, [])
    return str(raised.value)

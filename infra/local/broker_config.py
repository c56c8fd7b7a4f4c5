"""How the local Kafka is configured: one node in KRaft mode, small, on loopback alone."""

from pathlib import Path

from infra.local.addresses import Address

LARGEST_MESSAGE_BYTES = 21 * 1024 * 1024
"""Room for a dead letter of 20 MiB with its headers; topics set lower limits of their own."""

JVM_OPTIONS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "--sun-misc-unsafe-memory-access=allow",
)

LOGGING = """\
# Written by millrace at each start.
status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = ${sys:millrace.log}
appender.file.filePattern = ${sys:millrace.log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{ISO8601} %-5p %c{1} %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 16MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
logger.loader.name = org.apache.kafka.image.loader
logger.loader.level = warn
"""


def server_properties(address: Address, controller: Address, data: Path) -> str:
    """The text of `server.properties`; `data` may hold spaces and non-ASCII characters."""
    settings: dict[str, str | int] = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "listeners": f"BROKER://{address},CONTROLLER://{controller}",
        "advertised.listeners": f"BROKER://{address}",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "BROKER",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"1@{controller}",
        "log.dirs": _escaped(str(data)),
        # One node: its own topics have one copy, and few partitions, so that a start is quick.
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 4,
        "group.initial.rebalance.delay.ms": 0,
        # After a kill -9 the controller takes the broker back when its old session is over.
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
        "auto.create.topics.enable": "false",
        "message.max.bytes": LARGEST_MESSAGE_BYTES,
        "replica.fetch.max.bytes": LARGEST_MESSAGE_BYTES,
        "fetch.max.bytes": 3 * LARGEST_MESSAGE_BYTES,
        "socket.request.max.bytes": 5 * LARGEST_MESSAGE_BYTES,
        # Small for a heap of 512 MB on two cores.
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "background.threads": 4,
    }
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    return f"# Written by millrace at each start.\n{lines}"


def _escaped(value: str) -> str:
    """A value in the escapes of Java's properties files (ISO 8859-1)."""
    escaped = value.replace("\\", "\\\\")
    return "".join(
        char if char.isascii() else "".join(f"\\u{unit:04x}" for unit in _utf16_units(char))
        for char in escaped
    )


def _utf16_units(char: str) -> list[int]:
    raw = char.encode("utf-16-be")
    return [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]

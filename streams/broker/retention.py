"""How long topics keep their records: what is set in Kafka, and setting it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from streams.broker.admin import FOREVER, RETENTION, Retention, admin_client
from streams.broker.connection import Broker

# Of a topic itself, in Kafka's ConfigSource; others come from the brokers.
_OF_TOPIC: Final = 1
_UNITS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000}


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of retentions: ``changed`` from and to (ms), ``refused`` and why, by topic."""

    changed: Mapping[str, tuple[int, int]]
    refused: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Configs:
    """A topic's configuration: the retention in force, and all that is set for it itself."""

    retention_ms: int
    own: Mapping[str, str]


async def apply_retention(broker: Broker, wanted: Mapping[str, Retention]) -> Applied:
    """Have topics that are there keep their records as long as is wanted.

    A default never shortens what a topic keeps: it may have been set by others, and what is removed
    does not come back. What Kafka does not let this user change stays as it is.

    Args:
        broker: where they are.
        wanted: by topic.

    Raises:
        UnavailableError: Kafka does not answer.
        AccessError: Kafka refuses this client, or its certificate is not trusted.
    """
    changed: dict[str, tuple[int, int]] = {}
    refused: dict[str, str] = {}
    async with admin_client(broker) as admin:
        there = set(await admin.list_topics())
        present = [name for name in wanted if name in there]
        configs = await _configs(admin, present)
        for name in present:
            if name not in configs:
                if wanted[name].is_chosen:
                    refused[name] = "this user may not see its configuration"
                continue
            now, then = configs[name].retention_ms, wanted[name].ms
            if now == then or not (wanted[name].is_chosen or _is_longer(then, now)):
                continue
            problem = await _alter(admin, name, {**configs[name].own, RETENTION: str(then)})
            if problem is None:
                changed[name] = now, then
            else:
                refused[name] = problem
    return Applied(changed, refused)


async def retentions(broker: Broker, names: Sequence[str]) -> dict[str, int]:
    """How long each topic keeps its records, in ms; those this user may not ask for are left out.

    Raises:
        UnavailableError: Kafka does not answer.
        AccessError: Kafka refuses this client, or its certificate is not trusted.
    """
    async with admin_client(broker) as admin:
        found = await _configs(admin, names)
    return {name: one.retention_ms for name, one in found.items()}


def in_words(retention_ms: int) -> str:
    """As the setting is written: in the largest unit that fits."""
    if retention_ms == FOREVER:
        return "forever"
    for unit, ms in _UNITS.items():
        if retention_ms % ms == 0:
            return f"{retention_ms // ms}{unit}"
    return f"{retention_ms} ms"


def _is_longer(one: int, other: int) -> bool:
    return other != FOREVER and (one == FOREVER or one > other)


async def _configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, _Configs]:
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    answers = await admin.describe_configs(asked) if asked else []
    found = {}
    for answer in answers:
        for error_code, _, _, name, entries in answer.resources:
            if not error_code:
                values = {key: value for key, value, *_ in entries}
                own = {key: value for key, value, _, of, *_ in entries if of == _OF_TOPIC}
                found[str(name)] = _Configs(int(values[RETENTION]), own)
    return found


async def _alter(admin: AIOKafkaAdminClient, name: str, own: Mapping[str, str]) -> str | None:
    """Set what is set for a topic itself, as a whole: what is not named falls back to the brokers'.

    Returns:
        Why Kafka refused; None where it did not.
    """
    try:
        answers = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, own)])
    except KafkaError as error:
        return type(error).__name__
    for answer in answers:
        for error_code, message, *_ in answer.resources:
            if error_code:
                return f"{for_code(error_code).__name__}{f': {message}' if message else ''}"
    return None

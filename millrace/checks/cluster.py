"""Kafka: whether it answers, and whether topics and groups are as the stages need them."""

import time
from collections.abc import Sequence

from millrace.checks.finding import Finding, absent, ok, problem, warning
from millrace.event_loop import run_to_end
from schemas import topics
from streams.broker.admin import LETTER_BYTES, MESSAGE_BYTES, Positions, TopicSettings
from streams.broker.cluster import ClusterFacts, TopicFacts, cluster_facts
from streams.broker.connection import Broker
from streams.broker.progress import Progress, take
from streams.stage import Stage
from streams.topology import topic_names

_CREATE = "`millrace up` or `millrace run` creates what is missing"


def kafka(broker: Broker, stages: Sequence[Stage], wanted: TopicSettings) -> list[Finding]:
    """The cluster, its topics, and the consumer groups of the stages.

    Raises:
        UnavailableError: Kafka does not answer.
        AccessError: Kafka refuses this client, or its certificate is not trusted.
    """
    began = time.monotonic()
    names = topic_names(tuple(stages))
    facts = run_to_end(cluster_facts(broker, names))
    seconds = time.monotonic() - began
    some = f"{facts.brokers} broker{'s' * (facts.brokers != 1)}"
    found = [ok("kafka", f"{some} at {broker.bootstrap}, answered in {seconds * 1000:.0f} ms")]
    found += check_topics(facts, names, wanted)
    found += check_tiers(facts, stages)
    found += check_groups(run_to_end(_progress(broker, stages, names)))
    return found


async def _progress(broker: Broker, stages: Sequence[Stage], names: Sequence[str]) -> Progress:
    async with Positions(broker) as positions:
        return await take(positions, stages, names)


def check_topics(facts: ClusterFacts, names: Sequence[str], wanted: TopicSettings) -> list[Finding]:
    """Whether the topics ``names`` are there, as they are ``wanted``."""
    findings = []
    if wanted.replication > facts.brokers:
        findings.append(
            problem(
                "replication",
                f"{wanted.replication} copies of each partition are set, on {facts.brokers} "
                "broker: no topic can be created so",
                "set MILLRACE_KAFKA_REPLICATION to at most the number of brokers",
            )
        )
    there = {topic.name for topic in facts.topics}
    missing = [name for name in names if name not in there]
    if missing:
        seen = f"{len(missing)} of {len(names)} are missing: {_some(missing)}"
        findings.append(absent("topics", seen, _CREATE))
    unlike = _partitions(facts.topics, wanted.partitions)
    unlike += [finding for topic in facts.topics for finding in _topic(topic, wanted)]
    if not missing and not unlike:
        partitions = sum(topic.partitions for topic in facts.topics)
        findings.append(ok("topics", f"all {len(names)} are there, with {partitions} partitions"))
    return [*findings, *unlike]


def _partitions(found: Sequence[TopicFacts], wanted: int) -> list[Finding]:
    """The topics that are cut otherwise than set, one finding for each number of partitions."""
    advice = (
        "add partitions while nothing is on its way, with kafka-topics.sh --alter; or set "
        "MILLRACE_KAFKA_PARTITIONS to what there is"
    )
    findings = []
    for count in sorted({topic.partitions for topic in found} - {wanted}):
        own = [topic.name for topic in found if topic.partitions == count]
        seen = f"{count} partition{'s' * (count != 1)} where {wanted} are set: {_some(own)}"
        findings.append(warning("topics", seen, advice))
    return findings


def _topic(topic: TopicFacts, wanted: TopicSettings) -> list[Finding]:
    findings = []
    name = "topics"
    if topic.replication < wanted.replication:
        seen = f"{topic.name} has {topic.replication} of {wanted.replication} copies of a partition"
        advice = "assign more replicas, with kafka-reassign-partitions.sh"
        findings.append(warning(name, seen, advice))
    if topic.in_sync < topic.replication:
        seen = f"{topic.name} has {topic.in_sync} of {topic.replication} copies in sync"
        findings.append(warning(name, seen, "see which broker is away"))
    limit = LETTER_BYTES if topic.name == topics.DEAD_LETTERS else MESSAGE_BYTES
    if topic.max_message_bytes is not None and topic.max_message_bytes < limit:
        seen = f"{topic.name} takes {topic.max_message_bytes:,} bytes, needed are {limit:,}"
        advice = f"set its max.message.bytes to {limit}, with kafka-configs.sh --alter"
        findings.append(problem(name, seen, advice))
    return findings


def check_tiers(facts: ClusterFacts, stages: Sequence[Stage]) -> list[Finding]:
    """Whether the topics that one consumer of a tier reads are cut alike.

    Only then does the Range assignor give all levels of a document to one process.
    """
    counts = {topic.name: topic.partitions for topic in facts.topics}
    read = next((stage.reads for stage in stages if stage.kind == "inference"), ())
    findings = []
    for tier in dict.fromkeys(topic.rpartition(".")[0] for topic in read):
        own = {name: counts[name] for name in read if name.startswith(f"{tier}.") if name in counts}
        if len(set(own.values())) > 1:
            seen = ", ".join(f"{name.rpartition('.')[2]} {count}" for name, count in own.items())
            findings.append(
                warning(
                    "topics",
                    f"those of {tier} differ in partitions: {seen}",
                    "give all three as many, else a document's levels share no prefix cache",
                )
            )
    return findings


def check_groups(progress: Progress) -> list[Finding]:
    """Whether a process runs each stage, and how far they are behind."""
    names = [group.name.rpartition(".")[2] for group in progress.groups]
    idle = [name for name, group in zip(names, progress.groups, strict=True) if not group.members]
    lags = {name: progress.lag(name) for name in names}
    behind = ", ".join(f"{name} {lag:,}" for name, lag in lags.items() if lag)
    lag = f"behind: {behind} records" if behind else "nothing waits for them"
    if idle:
        whom = "any stage" if len(idle) == len(names) else _some(idle)
        named = "" if len(idle) == len(names) else "".join(f" {name}" for name in idle)
        advice = f"start it: `millrace run{named}`"
        return [absent("stages", f"no process runs {whom}; {lag}", advice)]
    moving = [
        name for name, group in zip(names, progress.groups, strict=True) if group.state != "Stable"
    ]
    if moving:
        seen = f"{_some(moving)}: partitions are being handed out; {lag}"
        return [warning("stages", seen, "look again in some seconds")]
    return [ok("stages", f"all {len(names)} run; {lag}")]


def _some(names: Sequence[str]) -> str:
    """A list of names that stays readable."""
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown

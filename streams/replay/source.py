"""A topic as the source of a replay: what it carries, and what decided it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from schemas import topics
from schemas.run import Specification
from schemas.topics import LEVELS, Level, extraction_topic, tier_and_level
from streams.replay.errors import RequestError
from streams.stage import Stage
from streams.topology import topic_names

Carries = Literal["documents", "works", "extractions"]
_INSTEAD = {
    topics.DEAD_LETTERS: "letters are not replayed: mend the cause and replay what they came from",
    topics.INFERENCE_CALLS: "calls are no documents: replay the topic of their tasks",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A topic that can be replayed.

    ``before`` is the level that comes after the topic, None after the last: what decides the levels
    before it is decided for the topic's records. ``tier`` is that of a topic of tasks. ``levels``
    are those that a replay runs again.
    """

    topic: str
    carries: Carries
    before: Level | None = None
    tier: str = ""
    level: Level | None = None
    levels: tuple[Level, ...] = ()

    @property
    def sibling(self) -> str | None:
        """The topic on which a newer extraction of a document may stand instead."""
        if self.carries != "extractions":
            return None
        both = {topics.EXTRACTIONS_VALIDATED, topics.EXTRACTIONS_REVIEW}
        return next(iter(both - {self.topic}))

    def differs(self, ours: Specification, theirs: Specification, profile: str) -> tuple[str, ...]:
        """What two specifications decide otherwise for records of a profile, in words."""
        if self.carries == "documents":
            return ()
        return tuple(str(one) for one in ours.differences(theirs, self.before, profile))


def source_of(topic: str, stages: Sequence[Stage]) -> Source:
    """The topic as a source.

    Raises:
        RequestError: it is none of the topology, or carries no documents.
    """
    known = topic_names(tuple(stages))
    if topic in known and topic in _INSTEAD:
        raise RequestError(f"{topic} cannot be replayed: {_INSTEAD[topic]}")
    if topic not in known:
        possible = ", ".join(name for name in known if name not in _INSTEAD)
        raise RequestError(f"no topic {topic!r}; what can be replayed is {possible}")
    if topic == topics.DOCUMENTS_INGEST:
        return Source(topic, "documents", LEVELS[0], levels=LEVELS)
    if topic == topics.DOCUMENTS_ANNOTATED:
        return Source(topic, "works", LEVELS[0], levels=LEVELS)
    if topic in (topics.EXTRACTIONS_VALIDATED, topics.EXTRACTIONS_REVIEW):
        return Source(topic, "extractions")
    for level in LEVELS:
        if topic == extraction_topic(level):
            return Source(topic, "works", _after(level), levels=LEVELS[LEVELS.index(level) + 1 :])
    tier, level = tier_and_level(topic)
    # Its tasks are planned already: what decides their level counts too.
    return Source(topic, "works", _after(level), tier, level, LEVELS[LEVELS.index(level) :])


def _after(level: Level) -> Level | None:
    later = LEVELS[LEVELS.index(level) + 1 :]
    return later[0] if later else None


def earlier_topic(ours: Specification, theirs: Specification, profile: str | None = None) -> str:
    """The latest topic that can be replayed although two specifications differ.

    Of documents of a profile; of all where it is None.
    """
    for level in reversed(LEVELS):
        if not ours.differences(theirs, level, profile):
            at = LEVELS.index(level)
            return extraction_topic(LEVELS[at - 1]) if at else topics.DOCUMENTS_ANNOTATED
    return topics.DOCUMENTS_INGEST


def stages_behind(topic: str, stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages that a record of the topic passes, in the order of flow."""
    reached: set[str] = set()
    written = {topic}
    while found := {one.name for one in stages if written & set(one.reads)} - reached:
        reached |= found
        written = {name for one in stages if one.name in found for name in one.writes}
    return tuple(one for one in stages if one.name in reached)

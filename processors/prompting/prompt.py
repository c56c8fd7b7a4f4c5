"""A prompt: what a language model is asked, in the order in which its cache can share it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from schemas.ids import content_id
from schemas.output import FoundEvent


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer that was not valid, and what was wrong with it, for one attempt to repair it."""

    answer: str
    problem: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What an answer may name: the profile's kinds and roles, and the events that it completes.

    ``event`` is the one that a detail prompt asks about, ``nearby`` are those listed with it, by
    their short names. Both hold what is known already, which an answer does not repeat.
    """

    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    relationships: tuple[str, ...] = ()
    event: FoundEvent | None = None
    nearby: Mapping[str, FoundEvent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The parts of a prompt, what is shared by most first.

    ``instructions`` are those of the profile, ``document`` is the fenced document or chunk (shared
    by the levels of one document), ``question`` the level's. ``schema`` is the JSON Schema of the
    answer, ``max_tokens`` bounds it. ``ids`` maps the short names that stand for events in this
    prompt to their ids; ``terms`` is what the answer is read with.
    """

    instructions: str
    document: str
    question: str
    schema: Mapping[str, Any]
    max_tokens: int
    ids: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = Terms()
    repair: Exchange | None = None

    @property
    def prefix(self) -> str:
        """What prompts with the same beginning have in common: the identity of that beginning."""
        return content_id("prefix", self.instructions, self.document)

    @property
    def user(self) -> str:
        """The document and the question: what follows the instructions."""
        return f"{self.document}\n\n{self.question}" if self.document else self.question

    def repaired(self, answer: str, problem: str) -> Self:
        """The same prompt, followed by the answer that was not valid and why."""
        return replace(self, repair=Exchange(answer, problem))

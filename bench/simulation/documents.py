"""Documents to simulate: what each level asks of the engine."""

from dataclasses import dataclass
from random import Random

from schemas.topics import Level

INSTRUCTIONS = 350
"""Tokens of the profile's instructions, shared by all prompts."""

_EVENTS = (0, 1, 2, 3, 4, 5)
_EVENT_WEIGHTS = (5, 10, 20, 25, 20, 20)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its prompt is instructions, shared ``prefix`` and own tokens; all in tokens."""

    call_id: str
    document: str
    level: Level
    prefix: str
    prefix_tokens: int
    own_tokens: int
    answer_tokens: int

    @property
    def prompt_tokens(self) -> int:
        """The whole prompt."""
        return INSTRUCTIONS + self.prefix_tokens + self.own_tokens


@dataclass(frozen=True, slots=True)
class Document:
    """The calls of a document, one tuple a level; levels without calls are left out."""

    name: str
    levels: tuple[tuple[Call, ...], ...]


def documents(count: int, chunks: int = 1, seed: int = 1) -> list[Document]:
    """Documents of up to five main events, chunks of 600 to 1,400 tokens, answers of 50 to 250.

    The relationship question of several chunks asks about the events' sentences instead of a chunk.
    """
    random = Random(seed)  # noqa: S311 (no secret: the same documents each time)
    return [_document(f"d{number}", chunks, random) for number in range(count)]


def _document(name: str, chunks: int, random: Random) -> Document:
    sizes = [random.randint(600, 1_400) for _ in range(chunks)]
    events = random.choices(_EVENTS, _EVENT_WEIGHTS)[0]

    def call(level: Level, number: int, chunk: int | None, answer: tuple[int, int]) -> Call:
        asked = random.randint(80, 120)
        return Call(
            f"{name}/{level}/{number}",
            name,
            level,
            "" if chunk is None else f"{name}/{chunk}",
            0 if chunk is None else sizes[chunk],
            asked if chunk is not None else asked + 80 * events,
            random.randint(*answer),
        )

    summary = tuple(call("summary", chunk, chunk, (60, 250)) for chunk in range(chunks))
    details = tuple(
        call("detail", event, random.randrange(chunks), (60, 180)) for event in range(events)
    )
    links = (call("relationship", 0, 0 if chunks == 1 else None, (50, 150)),) if events > 1 else ()
    return Document(name, tuple(level for level in (summary, details, links) if level))

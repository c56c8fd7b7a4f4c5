"""Answers, keys and owners that the tests of the cache share."""

from hashlib import sha256

from streams.inference.cache.completions import Owner
from streams.inference.generation import Generation

NOON = 1_709_640_000


class Hands:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = float(NOON)

    def __call__(self) -> float:
        return self.now


def key(name: object) -> str:
    return sha256(str(name).encode()).hexdigest()[:32]


def owner(document_id: str = "a1", ingested_at_ms: int = NOON * 1000) -> Owner:
    return Owner(document_id, ingested_at_ms)


def written(text: str = '{"events": []}', finish_reason: str = "stop") -> Generation:
    """What a model wrote, with counts and times."""
    return Generation(
        text=text,
        finish_reason=finish_reason,
        prompt_tokens=812,
        cached_tokens=640,
        completion_tokens=9,
        first_token_ms=31.5,
        run_ms=412.25,
    )


def incompressible(number: int, characters: int = 2_000) -> Generation:
    """An answer that stays about as large as it is."""
    rounds = range(characters // 64 + 1)
    text = "".join(sha256(f"{number}.{part}".encode()).hexdigest() for part in rounds)
    return written(text[:characters])

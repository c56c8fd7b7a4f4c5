"""A record of a topic, as read and as to be written: what crosses the edge to a broker."""

from dataclasses import dataclass

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read; ``timestamp_ms`` counts milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    def header(self, name: str) -> bytes | None:
        """The value of the last header of that name, None where there is none."""
        for found, value in reversed(self.headers):
            if found == name:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be written; the key decides its partition."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

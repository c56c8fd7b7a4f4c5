"""Which documents are begun but not finished."""

from collections import OrderedDict
from dataclasses import dataclass, field

from streams.inference.admission.line import Waiting


@dataclass(slots=True)
class Document:
    """A document with tickets here, or one that is expected back."""

    waiting: dict[str, Waiting] = field(default_factory=dict)
    in_flight: int = 0
    is_open: bool = False

    @property
    def present(self) -> bool:
        """Whether any of its tickets is here."""
        return bool(self.waiting) or self.in_flight > 0


class Documents:
    """All documents that the scheduler knows.

    One is open from its first admitted ticket until it is closed. An open one without a ticket here
    is away: at another stage, until its next level comes. After ``open_timeout_s`` it is forgotten:
    a document that never comes back must not count for ever.
    """

    def __init__(self, open_timeout_s: float) -> None:
        self._open_timeout_s = open_timeout_s
        self._known: dict[str, Document] = {}
        self._away: OrderedDict[str, float] = OrderedDict()  # since when, the longest first
        self._open = 0

    def __getitem__(self, key: str) -> Document:
        return self._known[key]

    def came(self, key: str) -> Document:
        """The document of a ticket that was just offered."""
        self._away.pop(key, None)
        return self._known.setdefault(key, Document())

    def open(self, key: str) -> None:
        """Note that a document is begun."""
        self._known[key].is_open = True
        self._open += 1

    def left(self, key: str, now: float) -> None:
        """Note that a ticket was answered; without another the document is away from now on."""
        if not self._known[key].present:
            self._away[key] = now

    def close(self, key: str) -> None:
        """Forget a document, unless tickets of it are here."""
        document = self._known.get(key)
        if document is None or document.present:
            return
        self._away.pop(key, None)
        self._open -= document.is_open
        del self._known[key]

    def expire(self, now: float) -> None:
        """Forget those that have been away too long."""
        while (due := self.next_expiry) is not None and due <= now:
            self.close(next(iter(self._away)))

    @property
    def next_expiry(self) -> float | None:
        """When the next is forgotten; None where none is away."""
        since = next(iter(self._away.values()), None)
        return None if since is None else since + self._open_timeout_s

    @property
    def open_count(self) -> int:
        """Documents begun and not finished."""
        return self._open

    @property
    def away_count(self) -> int:
        """Those of them that have no ticket here."""
        return len(self._away)

"""The servers of a model as this process sees them, and which of them takes the next call."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from streams.inference.serving.affinity import choose
from streams.inference.serving.breaker import Breaker
from streams.inference.serving.settings import Patience, ServedModelSettings


@dataclass(slots=True, eq=False)
class Server:
    """One server: its open calls, its breaker, and until when it asked to be left alone."""

    url: str
    breaker: Breaker
    outstanding: int = 0
    held_until: float = -math.inf
    _refused_at: float = -math.inf
    _refusals: int = 0

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call as open."""
        self.outstanding += 1
        try:
            yield
        finally:
            self.outstanding -= 1

    def refused(
        self, began: float, now: float, retry_after_s: float | None, patience: Patience
    ) -> bool:
        """It had no room for a call sent at ``began``, and gets none until it may have.

        A call that was sent before the last refusal tells nothing new, unless the server says when
        to come back. Gives whether this was news.
        """
        news = began > self._refused_at
        if news or retry_after_s is not None:
            hold_s = patience.hold_s(retry_after_s, self._refusals)
            self.held_until = max(self.held_until, now + hold_s)
        if news:
            self._refused_at = now
            self._refusals += 1
        return news

    def answered(self) -> None:
        """It took a call and answered it."""
        self.breaker.succeeded()
        self._refusals = 0


class Routing:
    """Chooses among servers. Pure: the clock is the caller's, in seconds."""

    def __init__(self, settings: ServedModelSettings) -> None:
        patience = settings.patience
        self._slack = settings.affinity_slack
        self.servers = tuple(
            Server(
                url,
                Breaker(patience.failures_to_open, patience.first_wait_s, patience.longest_wait_s),
            )
            for url in settings.urls
        )

    def choose(self, document_id: str, now: float, failed_at: str = "") -> Server | None:
        """The server for a call of this document; None while no server takes calls.

        ``failed_at`` is where it has just failed: any other server is better.
        """
        ready = {
            server.url: server
            for server in self.servers
            if server.breaker.state == "closed" and server.held_until <= now
        }
        if len(ready) > 1:
            ready.pop(failed_at, None)
        if not ready:
            return None
        outstanding = {url: server.outstanding for url, server in ready.items()}
        return ready[choose(document_id, outstanding, self._slack)]

    def begin_probes(self, now: float) -> list[Server]:
        """The servers to probe now; each is given once."""
        return [server for server in self.servers if server.breaker.begin_probe(now)]

"""Probes servers that get no calls, and notices what no waiting mends."""

import asyncio
import logging
from collections.abc import Sequence
from random import random
from time import monotonic

from processors.prompting.prompt import Prompt
from schemas.errors import MillraceError
from streams.inference.engine import EngineDeadError
from streams.inference.serving.client import ModelClient
from streams.inference.serving.errors import ModelSetupError
from streams.inference.serving.probe import FATAL, ModelCard, ServerProbe
from streams.inference.serving.routing import Routing, Server
from streams.inference.serving.settings import MODEL, URLS, ServedModelSettings
from streams.telemetry.signs import sign

log = logging.getLogger(__name__)
_LOOK_S = 0.05


class ServerWatch:
    """Probes servers beside the calls, so that no document waits for one that is away.

    All servers must say the same of the model; the first that answers decides what that is.
    """

    def __init__(
        self,
        client: ModelClient,
        routing: Routing,
        settings: ServedModelSettings,
        warm_up: Sequence[Prompt],
    ) -> None:
        self._probe = ServerProbe(client, settings, warm_up)
        self._routing = routing
        self._probes: set[asyncio.Task[None]] = set()
        self._card: ModelCard | None = None
        self._wrong: BaseException | None = None
        self._closed = False

    @property
    def card(self) -> ModelCard:
        """What the servers say of the model; empty before the first has answered."""
        return self._card or ModelCard()

    async def first(self) -> None:
        """Wait until every server was probed once and one of them can be given calls.

        Raises:
            AccessError, ModelSetupError: a server or a setting is wrong.
        """
        while True:
            self.probe_due()
            if self._wrong is not None:
                raise self._wrong
            if self._card is not None and not self._probes:
                return
            if self._probes:
                await asyncio.wait(self._probes, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(_LOOK_S)

    def probe_due(self) -> None:
        """Begin the probes that are due."""
        for server in self._routing.begin_probes(monotonic()):
            task = asyncio.create_task(self._run(server))
            self._probes.add(task)
            task.add_done_callback(self._ended)

    def raise_if_dead(self) -> None:
        """Raise what no waiting mends.

        Raises:
            EngineDeadError: a probe found a server or a setting wrong, or this was closed.
        """
        if self._wrong is not None:
            raise EngineDeadError(str(self._wrong)) from self._wrong
        if self._closed:
            raise EngineDeadError("the servers of models were closed while a call was in flight")

    async def close(self) -> None:
        """End the probes."""
        self._closed = True
        probes = list(self._probes)
        for task in probes:
            task.cancel()
        await asyncio.gather(*probes, return_exceptions=True)

    async def _run(self, server: Server) -> None:
        try:
            card = await self._probe.run(server.url)
            self._agree(server.url, card)
        except FATAL as error:
            self._wrong = self._wrong or error
        except MillraceError as error:
            server.breaker.probe_failed(monotonic(), random())  # noqa: S311
            sign("inference")
            log.warning("waiting for a server of models: %s", error)
        else:
            server.breaker.probe_succeeded()
            log.info("%s serves the model", server.url)

    def _ended(self, probe: asyncio.Task[None]) -> None:
        self._probes.discard(probe)
        if not probe.cancelled() and (bug := probe.exception()) is not None:
            self._wrong = bug  # else its server would be waited for for ever

    def _agree(self, url: str, card: ModelCard) -> None:
        if self._card is None:
            self._card = card
        elif card.root != self._card.root:
            raise ModelSetupError(
                f"{url} loaded the model from {card.root!r}, another server from "
                f"{self._card.root!r}: all of {URLS} must serve the same {MODEL}"
            )

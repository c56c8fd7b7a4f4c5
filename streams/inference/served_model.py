"""The ``openai`` engine's model: one model on one or several OpenAI-compatible servers."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from random import random
from time import monotonic
from typing import Protocol

from processors.prompting.prompt import Prompt
from schemas.errors import MillraceError
from streams.inference.engine import EngineDeadError, EngineIdentity
from streams.inference.generation import Generation, GenerationError, GenerationRequest
from streams.inference.serving.call import Call
from streams.inference.serving.client import ModelClient
from streams.inference.serving.errors import ServerAwayError, ServerFaultError, ThrottledError
from streams.inference.serving.probe import FATAL
from streams.inference.serving.request_body import request_body
from streams.inference.serving.routing import Routing, Server
from streams.inference.serving.settings import ServedModelSettings
from streams.inference.serving.watch import ServerWatch

log = logging.getLogger(__name__)
ENGINE = "openai"
_LOOKS_A_WAIT = 5  # of a call that waits for a server, while the shortest wait goes by


class Refused(Protocol):
    """Is told of every 429 and 503, so that fewer calls are begun."""

    def __call__(self, began: float, now: float, retry_after_s: float | None) -> None:
        """A call sent at ``began`` was refused at ``now``, both of ``time.monotonic``."""
        ...


def nobody(began: float, now: float, retry_after_s: float | None) -> None:
    """Where no window follows."""


def unheard(kind: str) -> None:
    """Where nobody counts failures."""


class ServedModel:
    """Writes text through servers; serves the port ``LanguageModel``.

    What goes wrong with a call decides what becomes of it:

    1. The server was not reached, or has no room: the call waits, however long it takes (with 429
       at most ``throttled_s``). An outage makes no failures.
    2. The server took it and did not answer: it is made again, elsewhere where there is another,
       up to ``max_retries`` times.
    3. Silence beyond the time limit, a prompt that does not fit, a refusal: it fails at once, and
       the caller decides.
    4. The key, the model or the certificate is wrong: nothing can succeed any more.

    Args:
        settings: the model and its servers.
        warm_up: a prompt of each kind that will be asked, for ``start`` to try.
        refused: is told of servers without room.
        failed: is told of every try of a call that a server failed on: ``unreachable``,
            ``server_error`` or ``no_room``; also where the next one succeeds.
    """

    def __init__(
        self,
        settings: ServedModelSettings,
        warm_up: Sequence[Prompt] = (),
        refused: Refused = nobody,
        failed: Callable[[str], None] = unheard,
    ) -> None:
        self._told_failure = failed
        self._settings = settings
        self._patience = settings.patience
        self._refused = refused
        self._client = ModelClient(settings)
        self._routing = Routing(settings)
        self._watch = ServerWatch(self._client, self._routing, settings, warm_up)

    @property
    def identity(self) -> EngineIdentity:
        """Which model this is; the revision that servers tell is known once it has started."""
        revision = self._settings.revision or self._watch.card.root
        return EngineIdentity(ENGINE, self._settings.model, revision)

    @property
    def servers(self) -> Sequence[Server]:
        """The servers as they are seen from here."""
        return self._routing.servers

    @property
    def context_tokens(self) -> int | None:
        """The longest prompt with its answer, where the servers say it; known once started."""
        return self._watch.card.context_tokens

    async def start(self) -> None:
        """Wait until a server can be given calls, however long it is away.

        Raises:
            AccessError: a server does not accept the key, or its certificate is not trusted.
            ModelSetupError: it lacks the model or structured outputs; the message says what to do.
        """
        try:
            await self._watch.first()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close all connections; calls that are in flight fail."""
        await self._watch.close()
        await self._client.close()

    async def generate(self, request: GenerationRequest) -> Generation:
        """What the model writes.

        Raises:
            GenerationError: this call failed.
            EngineDeadError: a setting or a server is wrong, or this was closed.
        """
        call = Call(request.document_id, request_body(request, self._settings), monotonic())
        while True:
            server = await self._server(call)
            began = monotonic()
            try:
                with server.call():
                    answer = await self._client.chat(server.url, call.body)
            except FATAL as error:
                raise EngineDeadError(str(error)) from error
            except ServerAwayError as error:
                self._told_failure("unreachable")
                self._failed(server, error)
            except ThrottledError as error:
                self._told_failure("no_room")
                self._throttled(call, server, error, began)
            except ServerFaultError as error:
                self._told_failure("server_error")
                self._watch.raise_if_dead()
                self._failed(server, error)
                await self._again(call, server, error)
            except GenerationError as error:
                if error.kind == "timeout":
                    self._failed(server, error)
                raise
            else:
                server.answered()
                return call.generation(answer, began, monotonic(), request.prompt.max_tokens)

    async def _server(self, call: Call) -> Server:
        """The server to ask, as soon as there is one."""
        while True:
            self._watch.raise_if_dead()
            self._watch.probe_due()
            server = self._routing.choose(call.document_id, monotonic(), call.failed_at)
            if server is not None:
                return server
            look_s = self._patience.first_wait_s / _LOOKS_A_WAIT
            await asyncio.sleep(look_s * (1 + random()))  # noqa: S311

    def _failed(self, server: Server, error: MillraceError) -> None:
        was = server.breaker.state
        server.breaker.failed(monotonic(), random())  # noqa: S311
        if was != server.breaker.state:
            log.warning("%s gets no calls until it answers again: %s", server.url, error)

    def _throttled(self, call: Call, server: Server, error: ThrottledError, began: float) -> None:
        now = monotonic()
        if server.refused(began, now, error.retry_after_s, self._patience):
            log.warning("%s: it has no room, calls wait", error)
        self._refused(began, now, error.retry_after_s)
        if error.overloaded:  # an outage in the making: whose call it is makes no difference
            return
        call.throttled_since = call.throttled_since or began
        if now - call.throttled_since > self._patience.throttled_s:
            raise GenerationError(
                "engine_error",
                f"{error}, for {self._patience.throttled_s:.0f} s",
                retryable=True,
            ) from error

    async def _again(self, call: Call, server: Server, error: ServerFaultError) -> None:
        """Wait before the next try of a call that ``server`` has taken and not answered."""
        call.failed_at = server.url
        call.tries += 1
        if call.tries > self._patience.max_retries:
            # It was tried again here; the caller need not do so once more.
            raise GenerationError(
                "engine_error", f"{error}; tried {call.tries} times", retryable=False
            ) from error
        log.info("a call is made again: %s", error)
        await asyncio.sleep(self._patience.wait_s(call.tries - 1) * (0.5 + random()))  # noqa: S311

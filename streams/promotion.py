"""Which run newly ingested documents belong to: the promoted one, as it was last heard of."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_exponential_jitter

from schemas.errors import UnavailableError
from schemas.record import Outgoing, Record
from schemas.run import Run
from streams.processing import StageContext, process_record
from streams.stage import Stage
from streams.telemetry.signs import sign

# `millrace runs promote` ends only after so long: what is produced then is of the new run.
FRESH_S = 0.2
_PATIENCE_S = 1.0
_AGAIN_S = 5.0

log = logging.getLogger(__name__)


class PromotedRun:
    """The promoted run, asked for when what is known of it is older than ``FRESH_S``.

    While the store of promotions is away, what was known last still holds: documents do not wait
    for it. Only before anything is known they do.
    """

    def __init__(self, ask: Callable[[], Run], clock: Callable[[], float] = time.monotonic) -> None:
        """``ask`` may block, and raises UnavailableError while the store is away."""
        self._ask = ask
        self._clock = clock
        self._known: Run | None = None
        self._ask_at = 0.0
        self._asking: asyncio.Task[Run] | None = None

    @property
    def run(self) -> Run:
        """The run that is known; ``refresh`` has to come first."""
        if self._known is None:
            raise RuntimeError("no run is known before the first refresh")
        return self._known

    async def refresh(self) -> None:
        """Ask again, unless it is known well enough."""
        # From before the question: what was promoted behind the answer is not known by it.
        fresh_until = self._clock() + FRESH_S
        if self._known is None:
            self._known = await self._first()
        elif self._clock() >= self._ask_at:
            await self._again(self._known)
        else:
            return
        # The longer of two waits where the last answer did not come.
        self._ask_at = max(self._ask_at, fresh_until)

    async def _first(self) -> Run:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(UnavailableError),
            wait=wait_exponential_jitter(multiplier=0.1, max=_AGAIN_S, jitter=0.1),
            before_sleep=_say_unknown,
        ):
            with attempt:
                return await asyncio.to_thread(self._ask)
        raise AssertionError("retried for ever")

    async def _again(self, known: Run) -> None:
        # One question at a time: a store that hangs must not take one thread after another.
        if self._asking is None:
            self._asking = asyncio.create_task(asyncio.to_thread(self._ask))
        await asyncio.wait([self._asking], timeout=_PATIENCE_S)
        if not self._asking.done():
            self._give_up_for_now(known, "no answer")
            return
        asked, self._asking = self._asking, None
        try:
            self._known = asked.result()
        except UnavailableError as error:
            self._give_up_for_now(known, str(error))

    def _give_up_for_now(self, known: Run, why: str) -> None:
        log.warning("ner: documents stay in run %s, the last one known: %s", known.run_id, why)
        self._ask_at = self._clock() + _AGAIN_S


def _say_unknown(state: RetryCallState) -> None:
    sign("ner")
    log.warning(
        "ner: the promoted run is not known yet: %s", state.outcome and state.outcome.exception()
    )


class IngestionWork:
    """What the stage of ingestion does with a record, in the run that is promoted by then."""

    def __init__(self, stage: Stage, context: StageContext, promoted: PromotedRun) -> None:
        self._stage = stage
        self._context = context
        self._promoted = promoted

    def __call__(self, record: Record) -> Outgoing:
        """One record in, one out, as ``process_record``."""
        run = self._promoted.run
        if self._context.annotation.run is not run:
            annotation = replace(self._context.annotation, run=run)
            self._context = replace(self._context, annotation=annotation)
        return process_record(self._stage, record, self._context)

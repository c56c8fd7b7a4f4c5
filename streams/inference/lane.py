"""A tier at work: its engine, and the scheduler that says what goes to it next."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from schemas.completion import Completion
from schemas.metrics import QUEUE_SECONDS
from schemas.task import DetailTask, SummaryTask, Task
from schemas.topics import Level
from schemas.work import Work
from streams.inference.admission.calibration import TokenCalibration
from streams.inference.admission.scheduler import Scheduler
from streams.inference.admission.ticket import Limits, Ticket
from streams.inference.engine import DeployedEngine
from streams.telemetry.metrics import observe
from streams.telemetry.signs import sign


@dataclass(frozen=True, slots=True)
class LaneLoad:
    """What a lane holds at one moment; ``fill`` is the share of what may be in flight."""

    waiting: Mapping[Level, int]
    in_flight: int
    fill: float
    open_documents: int


class Lane:
    """Lets tasks through to an engine in the scheduler's order.

    The scheduler decides and keeps the books; here its decisions wake those who wait. Times are
    those of the event loop.
    """

    def __init__(self, tier: str, engine: DeployedEngine, limits: Limits) -> None:
        self.tier = tier
        self.engine = engine
        self._limits = limits
        self._scheduler = Scheduler(limits)
        self._weights = TokenCalibration()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def complete(
        self, task: Task, work: Work, place: str, on_turn: Callable[[], None] = lambda: None
    ) -> Completion:
        """The engine's answer, once it is this task's turn.

        Args:
            task: what is asked.
            work: the message that it came with.
            place: the record's place, so that a task that is delivered again is told apart.
            on_turn: is told when it has its turn, before the engine is asked.

        Raises:
            EngineDeadError: the engine cannot answer any more.
        """
        ticket = Ticket(
            ticket_id=f"{place} {task.task_id}",
            document=_text_of(work),
            run_id=work.run.run_id,
            level=task.level,
            tokens=self._weights.weigh(task.level, task.estimated_tokens),
            prefix=_prefix(task, work),
        )
        async with self._admitted(ticket):
            on_turn()
            completion = await self.engine.complete(task, work)
        sign("inference")
        self._learn(task, completion)
        return completion

    @property
    def load(self) -> LaneLoad:
        """What it holds now; may be asked for from another thread."""
        scheduler = self._scheduler
        fill = max(
            scheduler.in_flight / scheduler.window_size,
            scheduler.tokens_in_flight / self._limits.max_batch_tokens,
        )
        return LaneLoad(
            scheduler.waiting_of, scheduler.in_flight, min(1.0, fill), scheduler.open_documents
        )

    def room(self, level: Level, coming: int = 0) -> int:
        """How many tasks of a level may be read ahead, where ``coming`` were and wait at most."""
        return self._scheduler.room(level, coming)

    def close(self, work: Work) -> None:
        """No further level of this document comes to this tier."""
        self._scheduler.close(_text_of(work))
        self._admit()

    def refused(self, began: float, now: float, retry_after_s: float | None) -> None:
        """A server without room refused a call: send fewer.

        ``began`` and ``now`` are of ``time.monotonic``, which is the event loop's clock.
        """
        sign("inference")  # it waits for room
        self._scheduler.refuse(began, now, retry_after_s)
        self._admit()

    @asynccontextmanager
    async def _admitted(self, ticket: Ticket) -> AsyncIterator[None]:
        turn = asyncio.get_running_loop().create_future()
        began = self._now()
        self._scheduler.offer(ticket, began)
        self._waiting[ticket.ticket_id] = turn
        try:
            self._admit()
            await turn
            observe(QUEUE_SECONDS, self._now() - began, self.tier, ticket.level)
            yield
        except BaseException:  # cancelled, or the engine is dead: it is not answered
            self._waiting.pop(ticket.ticket_id, None)
            self._scheduler.withdraw([ticket.ticket_id])
            self._admit()
            raise
        self._scheduler.finish(ticket.ticket_id, self._now())
        self._admit()

    def _admit(self) -> None:
        now = self._now()
        for ticket in self._scheduler.admit(now):
            turn = self._waiting.pop(ticket.ticket_id)
            if not turn.done():
                turn.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._scheduler.next_decision_at(now)
        if due is not None:
            self._timer = asyncio.get_running_loop().call_at(due, self._admit)

    def _learn(self, task: Task, completion: Completion) -> None:
        """A single call that was counted says what such a task weighs."""
        if len(completion.attempts) != 1 or completion.attempts[0].from_cache:
            return
        attempt = completion.attempts[0]
        counted = (attempt.prompt_tokens or 0) + (attempt.completion_tokens or 0)
        if counted:
            self._weights.learn(task.level, task.estimated_tokens, counted)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _text_of(work: Work) -> str:
    """One pass over one text of a document in one run."""
    origin = work.origin
    return (
        f"{work.run.run_id} {origin.source_partition} {origin.source_offset} {origin.generation} "
        f"{work.document.document_id}"
    )


def _prefix(task: Task, work: Work) -> str:
    """Whose prompt begins alike: tasks over one chunk."""
    if len(work.chunks) == 1:
        return work.document.document_id
    if isinstance(task, SummaryTask):
        chunk = task.chunk
    elif isinstance(task, DetailTask) and task.spans:
        start = task.spans[0].start
        chunk = next((one.index for one in work.chunks if one.start <= start < one.end), 0)
    else:
        return ""
    return f"{work.document.document_id} {chunk}"

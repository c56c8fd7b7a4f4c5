"""What ``millrace replay`` does: a wish becomes a request, a plan, and copies."""

import asyncio
import shlex
import signal
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import typer

from infra.clickhouse import coverage
from infra.clickhouse.client import Client
from millrace import wiring
from millrace.errors import UsageError
from millrace.event_loop import run_to_end
from millrace.runs import choice
from millrace.runs.serving import unserved
from millrace.settings import Settings
from millrace.terminal import TERMINAL
from schemas.errors import UnavailableError
from schemas.run import Run
from streams.broker.reading import RemovedError
from streams.replay.bounds import parse_bound
from streams.replay.candidate import Reading, parse_condition
from streams.replay.checkpoint import Checkpoints, Plan
from streams.replay.copying import Copied, Told, copy
from streams.replay.errors import RequestError
from streams.replay.source import Source, source_of
from streams.replay.survey import Request, Surveyed, survey
from streams.telemetry.tracing_setup import exporting

# Of the rules, which take milliseconds: `replay_live_p95_ratio` was 1.1 with 5, 1.4 with 10 and 1.7
# with 20, at 7, 14 and 25 documents a second on two cores.
_MAX_LAG_OF_RULES = 8
_INTERRUPTED = 130

Result = TypeVar("Result")
Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asked for, as it was said."""

    topic: str
    run: str | None = None
    since: str = "beginning"
    until: str = "end"
    documents: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    status: str | None = None
    missing_from: str | None = None
    limit: int | None = None
    skip_unreadable: bool = False


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A request, and the run that is promoted meanwhile."""

    request: Request
    base_run_id: str

    @property
    def source(self) -> Source:
        return self.request.reading.source


def usual_max_lag(settings: Settings) -> int:
    """How many records the stages may be behind: as many calls as the largest engine takes."""
    return max(
        _MAX_LAG_OF_RULES if one.engine in wiring.OWN_MODELS else one.max_batch_size
        for one in map(settings.engine_of, settings.tiers)
    )


def replay(settings: Settings, wish: Wish, max_lag: int | None) -> Report:
    """Survey, then copy; what was copied and what was not.

    Raises:
        UsageError: what was asked for cannot be meant.
        MillraceError: what is there cannot be replayed so, or does not answer.
    """
    prepared = _prepared(settings, wish)
    surveyed = _surveyed(settings, prepared)
    checkpoints = Checkpoints(settings.home.absolute())
    selected = surveyed.selected
    plan = Plan(
        topic=wish.topic,
        run=prepared.request.run,
        base_run_id=prepared.base_run_id,
        arguments=shlex.join(sys.argv[1:]),
        max_lag=max_lag or usual_max_lag(settings),
        offsets={one: tuple(ranges) for one, ranges in selected.ranges.items()},
        records=selected.records,
        left_out=selected.left_out,
        removed=surveyed.removed,
        absent=selected.absent,
    )
    if not plan.records:
        return _report(plan)
    least = max(int(time.time()), surveyed.newest_generation + 1)
    with checkpoints.begun(plan, least) as begun:
        return _copied(settings, checkpoints, begun)


def resume(settings: Settings, max_lag: int | None) -> Report:
    """Go on with the newest unfinished replay, as it was planned.

    Raises:
        CheckpointError: there is none.
        MillraceError: something does not answer.
    """
    checkpoints = Checkpoints(settings.home.absolute())
    with checkpoints.unfinished() as plan:
        changed = plan if max_lag is None else plan.model_copy(update={"max_lag": max_lag})
        return _copied(settings, checkpoints, changed)


def rehearse(settings: Settings, wish: Wish) -> Report:
    """Survey alone: what would be copied, and the model calls that would come of it.

    Raises:
        UsageError: what was asked for cannot be meant.
        MillraceError: what is there cannot be replayed so, or does not answer.
    """
    prepared = _prepared(settings, wish)
    surveyed = _surveyed(settings, prepared)
    selected = surveyed.selected
    with closing(Client(wiring.clickhouse(settings))) as client:
        calls = coverage.calls_by_level(client, prepared.base_run_id)
    again = [one for one in calls if one.level in prepared.source.levels]
    return {
        "topic": wish.topic,
        "run": prepared.request.run.run_id,
        "dry_run": True,
        "copied": 0,
        "to_copy": selected.records,
        "left_out": selected.left_out,
        "not_there": selected.absent,
        "removed_by_retention": surveyed.removed,
        "forecast": [
            {
                "level": one.level,
                "calls": round(selected.records * one.calls_per_document),
                "cost_usd": None
                if one.cost_per_document is None
                else selected.records * one.cost_per_document,
            }
            for one in again
        ],
    }


def _prepared(settings: Settings, wish: Wish) -> _Prepared:
    """What was asked for, checked, with what the tables say of it."""
    stages = wiring.stages(settings)
    now = datetime.now(UTC)
    try:
        source = source_of(wish.topic, stages)
        since = parse_bound(wish.since, "--from", now)
        until = parse_bound(wish.until, "--to", now)
        conditions = [parse_condition(one) for one in wish.conditions]
    except RequestError as error:
        raise UsageError(str(error)) from None
    with closing(Client(wiring.clickhouse(settings))) as client:
        promoted = choice.promoted(settings, client)
        run = promoted if wish.run is None else choice.find(settings, client, wish.run)
        asked = _asked(settings, client, wish, run.run_id, promoted.run_id)
        request = Request(
            reading=Reading(source, wiring.stage_context(settings).annotation, conditions),
            run=run,
            since=since,
            until=until,
            asked=asked,
            tombstones=coverage.tombstones(client),
            limit=wish.limit,
            skip_unreadable=wish.skip_unreadable,
        )
        _note_unserved(settings, run, source)
        return _Prepared(request, promoted.run_id)


def _note_unserved(settings: Settings, run: Run, source: Source) -> None:
    """Say what the run wants and the settings here do not deploy: it may be served elsewhere."""
    if not source.levels:
        return
    if told := "; ".join(map(str, unserved(settings, run.specification))):
        TERMINAL.note(
            f"the settings here do not serve run {run.run_id} ({told}): unless other processes "
            "do, its documents become dead letters"
        )


def _asked(
    settings: Settings, client: Client, wish: Wish, run_id: str, promoted: str
) -> frozenset[str] | None:
    """The only documents that are wanted; None for all."""
    asked = []
    if wish.documents:
        asked.append(frozenset(wish.documents))
    if wish.status is not None:
        asked.append(frozenset(coverage.documents_with_status(client, promoted, wish.status)))
    if wish.missing_from is not None:
        base = choice.find(settings, client, wish.missing_from).run_id
        asked.append(frozenset(coverage.missing_documents(client, base, run_id)))
    return frozenset.intersection(*asked) if asked else None


def _surveyed(settings: Settings, prepared: _Prepared) -> Surveyed:
    with TERMINAL.progress() as progress, _ended_by("nothing was copied"):
        task = progress.add_task("reading", total=None)

        def on_read(read: int, of: int) -> None:
            progress.update(task, completed=read, total=of)

        try:
            return _run(survey(wiring.broker(settings), prepared.request, on_read))
        except RequestError as error:
            raise UsageError(str(error)) from None


def _copied(settings: Settings, checkpoints: Checkpoints, plan: Plan) -> Report:
    began, first = time.monotonic(), checkpoints.progress(plan.generation).copied
    with TERMINAL.progress() as progress:
        task = progress.add_task("copying", total=plan.records)
        copied = first

        def on_copied(records: int) -> None:
            nonlocal copied
            copied = records
            progress.update(task, completed=records)

        def on_lag(lag: int) -> None:
            left = ""
            if copied > first:
                speed = (copied - first) / (time.monotonic() - began)
                left = f", {(plan.records - copied) / speed:,.0f} s left"
            progress.update(task, description=f"copying (lag {lag:,}{left})")

        told = Told(on_copied, on_lag, _tell_idle)
        with (
            exporting("replay"),
            _ended_by("stopped before its end: `millrace replay --resume` goes on"),
        ):
            broker, stages = wiring.broker(settings), wiring.stages(settings)
            try:
                done = _run(copy(broker, stages, plan, checkpoints, told))
            except (UnavailableError, RemovedError) as error:
                raise type(error)(f"{error}; `millrace replay --resume` goes on") from error
    return _report(plan, done)


def _tell_idle(stages: list[str]) -> None:
    TERMINAL.note(
        f"waiting: no process runs the stage{'s' * (len(stages) > 1)} {', '.join(stages)}: "
        "`millrace run` in another terminal starts them"
    )


@contextmanager
def _ended_by(word: str) -> Iterator[None]:
    """Say how things stand when Ctrl-C or SIGTERM is the end."""
    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        TERMINAL.note(word)
        raise typer.Exit(_INTERRUPTED) from None


def _run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end; SIGTERM ends it as Ctrl-C does."""

    async def cancellable() -> Result:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await coroutine

    return run_to_end(cancellable())


def _report(plan: Plan, done: Copied | None = None) -> Report:
    return {
        "topic": plan.topic,
        "run": plan.run.run_id,
        "replay": plan.generation or None,
        "dry_run": False,
        "copied": done.records if done else 0,
        "left_out": dict(plan.left_out),
        "not_there": plan.absent,
        "removed_by_retention": plan.removed,
        "removed_meanwhile": done.removed if done else 0,
    }

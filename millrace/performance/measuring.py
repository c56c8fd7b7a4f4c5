"""Figures from what processes tell of themselves, read several times over some seconds."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from millrace.performance.figures import Figures, Stage, Tier
from schemas import metrics
from schemas.metrics import Gauge, Histogram
from streams.telemetry.reading import Reading, growth

_CPU = "process_cpu_seconds_total"
# Their time is mostly waiting for calls, or is measured by the insert.
_INFERENCE, _SINK = "inference", "sink"
_FAILED = ("engine_error", "timeout", "invalid_output", "refusal", "context_overflow", "unserved")


def measure(
    readings: Sequence[Reading],
    stages: Sequence[str],
    engines: Mapping[str, str],
    open_limits: Mapping[str, int],
    machine: float | None = None,
) -> Figures:
    """What was done between the first reading and the last, and how full it was at each.

    Args:
        readings: at least two, in the order of time.
        stages: the names of the stages, in the order of flow.
        engines: by tier, the name of its engine.
        open_limits: by tier, the documents that one process may begin and not finish.
        machine: the share of this machine's processors that was used meanwhile.
    """
    before, after = readings[0], readings[-1]
    seconds = after.taken_at - before.taken_at
    failures = growth(before, after, metrics.SINK_FAILURES) or 0.0
    return Figures(
        seconds=seconds,
        processes=len({one.instance for one in after.samples}),
        silent=after.silent,
        stages=tuple(_stage(name, before, after) for name in stages),
        tiers=tuple(
            _tier(name, readings, engines.get(name, ""), open_limits.get(name, 0))
            for name in after.values(metrics.IN_FLIGHT, "tier")
        ),
        sink_failures=round(failures * seconds),
        machine=machine,
    )


def _stage(name: str, before: Reading, after: Reading) -> Stage:
    ready = list(after.of(metrics.READY))
    own = {one.instance for one in ready if one.labels.get("stage") == name}
    others = {one.instance for one in ready if one.labels.get("stage") != name}
    used = [_grown(before, after, _CPU, one) for one in own]
    return Stage(
        name=name,
        records_per_s=growth(before, after, metrics.RECORDS, stage=name) or 0.0,
        lag=_lag(after, name),
        members=round(after.greatest(metrics.MEMBERS, stage=name) or 0),
        watched=len(own),
        busy=_busy(name, before, after, len(own)),
        cpu=fmean(used) if used else None,
        shared=bool(own & others),
    )


def _lag(reading: Reading, stage: str) -> int:
    """The records that it is behind in all its topics; each process tells of them."""
    topics = {one.labels["topic"] for one in reading.of(metrics.LAG, stage=stage)}
    of_topics = (reading.greatest(metrics.LAG, stage=stage, topic=topic) for topic in topics)
    return round(sum(lag or 0.0 for lag in of_topics))


def _busy(name: str, before: Reading, after: Reading, processes: int) -> float | None:
    if name == _INFERENCE or not processes:
        return None
    if name == _SINK:
        spent = _spent(before, after, metrics.SINK_INSERT_SECONDS)
    else:
        spent = _spent(before, after, metrics.STAGE_SECONDS, stage=name)
    return min(1.0, spent / processes)


def _tier(name: str, readings: Sequence[Reading], engine: str, open_limit: int) -> Tier:
    before, after = readings[0], readings[-1]
    seconds = after.taken_at - before.taken_at

    def done(**labels: str) -> float:
        return (growth(before, after, metrics.CALLS, tier=name, **labels) or 0.0) * seconds

    def mean(metric: Gauge) -> float:
        return fmean(one.total(metric, tier=name) or 0.0 for one in readings)

    processes = len(list(after.of(metrics.IN_FLIGHT, tier=name)))
    spoken = [
        growth(before, after, metrics.TOKENS, tier=name, kind=kind) or 0.0
        for kind in ("prompt", "completion")
    ]
    return Tier(
        name=name,
        engine=engine,
        fill=mean(metrics.BATCH_FILL) / max(processes, 1),
        in_flight=mean(metrics.IN_FLIGHT),
        waiting=mean(metrics.WAITING),
        open_documents=mean(metrics.OPEN_DOCUMENTS),
        open_limit=open_limit * processes,
        tasks=round(done()),
        cached=round(done(answered_by="cache")),
        failed=round(sum(done(outcome=outcome) for outcome in _FAILED)),
        tokens_per_s=sum(spoken),
        breakers_open=round(after.total(metrics.BREAKER_OPEN, tier=name) or 0),
    )


def _spent(before: Reading, after: Reading, metric: Histogram, **labels: str) -> float:
    """The seconds that a histogram of times grew by, in a second."""
    return growth(before, after, f"{metric.name}_sum", **labels) or 0.0


def _grown(before: Reading, after: Reading, name: str, instance: str) -> float:
    """How much a counter of one process grew a second."""
    then = sum(one.value for one in before.of(name) if one.instance == instance)
    now = sum(one.value for one in after.of(name) if one.instance == instance)
    return max(0.0, now - then) / max(after.taken_at - before.taken_at, 1e-3)

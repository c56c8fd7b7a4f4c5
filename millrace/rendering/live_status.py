"""What ``status --watch`` shows, within 80 columns."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from millrace.terminal import printable
from millrace.watching import Now, StageNow, TierNow

_BAR = 8
_MOST_FAILURES = 6
_UNKNOWN = "–"


def view(now: Now, every_s: float, *, ends_by_key: bool) -> RenderableType:
    """All of it. ``ends_by_key``: say how it is ended, to whoever sits before it."""
    return Group(*_parts(now, every_s, ends_by_key=ends_by_key))


def _parts(now: Now, every_s: float, *, ends_by_key: bool) -> Iterator[RenderableType]:
    processes = f"{now.processes} process{'' if now.processes == 1 else 'es'}"
    facts = f"{now.at.astimezone():%H:%M:%S}, every {every_s:g} s, {processes}"
    yield Text(facts + (" · Ctrl-C ends it" if ends_by_key else ""), style="dim")
    for problem in now.problems:
        yield Text(printable(problem), style="red")
    yield _stages(now.stages)
    yield Text("")
    if now.tiers:
        yield _tiers(now.tiers)
    elif now.processes:
        yield Text("no process runs an engine", style="dim")
    else:
        yield Text("no process tells of its work: `millrace run` starts them", style="dim")
    yield Text("")
    yield Text(f"rows written/s  {_number(now.row_rate, 1)}")
    if not now.failures:
        yield Text("failures        none", style="dim" if not now.processes else "green")
        return
    for number, (words, times) in enumerate(now.failures[:_MOST_FAILURES]):
        head = "failures" if number == 0 else ""
        yield Text(f"{head:<16}{printable(words)}: {times:,}", style="red")
    if (more := len(now.failures) - _MOST_FAILURES) > 0:
        yield Text(f"{'':<16}and {more} more kinds", style="red")


def _table(*heads: tuple[str, bool]) -> Table:
    """A table whose heads say whether their column is to the right.

    Where room is short the names in its first column are cut, never a figure.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    (first, _), *others = heads
    table.add_column(first, overflow="ellipsis")
    for name, is_right in others:
        table.add_column(name, justify="right" if is_right else "left", no_wrap=True)
    return table


def _stages(stages: tuple[StageNow, ...]) -> Table:
    table = _table(
        ("stage", False), ("proc.", True), ("lag", True), ("oldest", True), ("records/s", True),
        ("refused", True), ("lag gone in", False),
    )  # fmt: skip
    for stage in stages:
        is_alone = stage.processes == 0
        table.add_row(
            stage.name,
            Text(_number(stage.processes), style="red" if is_alone else ""),
            Text(_number(stage.lag), style="yellow" if stage.lag else ""),
            _age(stage.oldest_s) if stage.lag else "",
            _number(stage.rate, 1),
            Text(_number(stage.refused), style="red" if stage.refused else ""),
            _gone(stage),
        )
    return table


def _tiers(tiers: tuple[TierNow, ...]) -> Table:
    table = _table(
        ("tier", False), ("batch fill", False), ("in flight", True), ("waiting", True),
        ("tok/s in", True), ("out", True), ("cached", True), ("$/h", True),
    )  # fmt: skip
    for tier in tiers:
        cost = None if tier.cost_rate is None else tier.cost_rate * 3600
        table.add_row(
            printable(tier.name),
            _bar(tier.fill),
            _number(tier.in_flight),
            _number(tier.waiting),
            _number(tier.prompt_rate),
            _number(tier.completion_rate),
            _UNKNOWN if tier.from_cache is None else f"{tier.from_cache:.0%}",
            _number(cost, 2),
        )
    return table


def _bar(share: float | None) -> Text:
    if share is None:
        return Text(_UNKNOWN)
    full = round(min(max(share, 0.0), 1.0) * _BAR)
    return Text.assemble(("█" * full, "cyan"), ("░" * (_BAR - full), "dim"), f" {share:>4.0%}")


def _gone(stage: StageNow) -> str:
    if not stage.lag:
        return ""
    if stage.processes == 0:
        return "nobody runs it"
    if stage.lag_gone_in_s is None:
        return "" if stage.rate is None else "does not shrink"
    return _age(stage.lag_gone_in_s)


def _number(value: float | None, digits: int = 0) -> str:
    return _UNKNOWN if value is None else f"{value:,.{digits}f}"


def _age(seconds: float | None) -> str:
    if seconds is None:
        return _UNKNOWN
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"

"""Scores of engines, on a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from eval.comparing import Compared
from eval.scoring.intervals import Estimate
from eval.scoring.report import Report, Speed
from eval.scoring.tables import in_percent
from millrace.terminal import printable

_UNKNOWN = "–"
# Below it a difference is unlikely to be chance.
_SURE = 0.05
# Ids of documents that only one side has: enough to see which.
_NAMED = 3


def render_report(report: Report, split: str) -> Iterator[RenderableType]:
    """What to print of a system on a corpus: scores, rates, reliability, speed and cost."""
    documents = f"{report.speed.documents:,} documents"
    yield _title(f"{report.corpus}, {split}: {documents}, {report.system}")
    scores = [one for one in report.measured if not one.metric.is_rate]
    if scores:
        yield _table(
            ("metric", "gold", "P", "R", "F1 (95 %)"),
            (
                (
                    one.metric.name,
                    f"{one.score.counts.right + one.score.counts.missed:,}",
                    in_percent(one.score.precision),
                    in_percent(one.score.recall),
                    in_percent(one.score.f1, with_interval=True),
                )
                for one in scores
            ),
        )
    yield _table(
        ("rate", "of", "right, % (95 %)"),
        (
            (
                one.metric.name,
                f"{one.score.counts.right + one.score.counts.wrong:,}",
                in_percent(one.score.precision, with_interval=True),
            )
            for one in report.measured
            if one.metric.is_rate
        ),
    )
    offsets = report.of("offsets")
    if offsets is not None and (wrong := offsets.score.counts.wrong):
        yield Text(f"  {wrong:,} offsets are wrong: none may be", style="bold red")
    for line in (*_reliability(report), *speed_lines(report.speed)):
        yield Text(f"  {printable(line)}")


def _reliability(report: Report) -> Iterator[str]:
    errors = [
        f"{name} {one.error:.3f} (of {one.count:,})"
        for name, one in report.calibration.items()
        if one.error is not None
    ]
    if errors:
        yield f"expected calibration error: {', '.join(errors)}"


def speed_lines(speed: Speed) -> Iterator[str]:
    """Time, and cost where an engine was paid or counted tokens."""
    rate = speed.documents_a_cpu_second
    yield (
        f"{speed.wall_s:,.1f} s, "
        + (f"{rate:,.1f} documents a second of CPU, " if rate else "")
        + (f"median {speed.median_ms:,.0f} ms" if speed.median_ms is not None else "")
    )
    if speed.prompt_tokens is not None or speed.completion_tokens is not None or speed.cost_usd:
        cost = _UNKNOWN if speed.cost_usd is None else f"${speed.cost_usd:,.4g}"
        yield (
            f"{cost}, {_count(speed.prompt_tokens)} tokens of prompts, "
            f"{_count(speed.completion_tokens)} of answers"
        )
    if speed.refused:
        kinds = ", ".join(f"{count:,} by {kind}" for kind, count in speed.refused.items())
        yield f"refused, nothing found in them: {kinds}"


def _count(number: int | None) -> str:
    return _UNKNOWN if number is None else f"{number:,}"


def render_comparison(
    compared: Compared, labels: tuple[str, str], split: str
) -> Iterator[RenderableType]:
    """What to print of two systems on a corpus."""
    yield _title(f"{compared.corpus}, {split}: {compared.documents:,} documents in both")
    yield _table(
        ("metric", *labels, "gain (95 %)", "p"),
        (
            (
                name,
                in_percent(Estimate(one.first)),
                in_percent(Estimate(one.second)),
                in_percent(one.difference, with_interval=True),
                _UNKNOWN if one.p_value is None else f"{one.p_value:.4f}",
            )
            for name, one in compared.by_metric.items()
        ),
        bold={
            name
            for name, one in compared.by_metric.items()
            if one.p_value is not None and one.p_value < _SURE
        },
    )
    for label, only in zip(labels, (compared.only_first, compared.only_second), strict=True):
        if only:
            named = ", ".join(only[:_NAMED]) + (", …" if len(only) > _NAMED else "")
            yield Text(f"  only in {printable(label)}: {len(only):,} documents: {printable(named)}")


def _title(words: str) -> Text:
    return Text(f"\n{printable(words)}", style="bold")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], bold: Iterable[str] = ()) -> Table:
    """A table of a column of words and columns of numbers; rows of the names in ``bold`` are."""
    marked = set(bold)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=True)
    for number, head in enumerate(heads):
        table.add_column(Text(printable(head)), justify="right" if number else "left", no_wrap=True)
    for row in rows:
        style = "bold" if row[0] in marked else ""
        table.add_row(*(Text(printable(cell)) for cell in row), style=style)
    return table

"""What differs between two runs, on a terminal."""

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from millrace.rendering.diff_text import Gap, marked
from millrace.rendering.diff_words import SIGNS, Figure, differences, lines, run_figures
from millrace.runs.comparison import Example, RunComparison
from millrace.terminal import printable

_AROUND = 160
_STYLES = {
    "added": "bold black on green",
    "removed": "bold strike white on red",
    "changed": "bold black on yellow",
    "same": "underline",
}


def render(found: RunComparison) -> Iterator[RenderableType]:
    """What to print: totals, then examples."""
    yield _table(("", found.a.run_id, found.b.run_id), run_figures(found))
    yield _table(("what differs", "count", "share"), differences(found))
    for name, ids in ((found.a.run_id, found.only_in_a), (found.b.run_id, found.only_in_b)):
        if ids:
            yield Text(printable(f"only in {name}, for one: {ids[0]}"), style="dim")
    for example in found.examples:
        yield from _example(example)


def _table(heads: Iterable[str], figures: Iterable[Figure]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for head in heads:
        table.add_column(Text(printable(head)))
    for figure in figures:
        table.add_row(*(Text(printable(cell)) for cell in (figure.name, *figure.values)))
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _example(example: Example) -> Iterator[RenderableType]:
    heading = Text("\n" + printable(example.title or example.document_id), style="bold")
    named = [example.document_id] if example.title else []
    if example.status_a != example.status_b:
        named.append(f"{example.status_a} → {example.status_b}")
    if named:
        heading.append("\n" + printable(" · ".join(named)), style="not bold dim")
    yield heading
    shown = Text()
    for part in marked(example.text, example.found, _AROUND):
        if isinstance(part, Gap):
            shown.append(f" … {part.characters:,} characters … ", style="dim italic")
        elif part.mark is None:
            shown.append(printable(part.text))
        else:
            shown.append(printable(part.text), style=_STYLES[part.mark.group])
            shown.append(f"[{printable(part.mark.label)}]", style="dim")
    yield shown
    for line in lines(example):
        words = Text(f"  {SIGNS[line.group]} ", style="bold").append(
            printable(line.what), style="bold"
        )
        for detail in line.details:
            words.append("\n      " + printable(detail), style="not bold")
        yield words

"""The events of several documents at a glance, on a terminal."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from millrace.rendering.event_words import kind, when
from millrace.terminal import printable
from processors.lexical.english_triggers import OTHER
from processors.ranking import MAIN_SALIENCE

_HEADS = ("event", "trigger", "when", "who, what, where")
# Of the first columns, in cells; the last one takes what is left.
_LONGEST = (24, 18, 12)
_LONGEST_IF_NARROW = (20, 12, 10)
_NARROW = 100
_SET_IN = (0, 0, 0, 2)


def overview(rows: Sequence[Mapping[str, Any]], width: int) -> Iterator[RenderableType]:
    """What to print of the rows of ``infra.clickhouse.queries.event_table`` on so many columns.

    Each document has a line of its own, its events below it in columns that all share. Of those
    that are of no listed kind and stand alone beside the main ones, only the number is said.
    """
    cells = [(row, _cells(row)) for row in rows if not _is_minor(row)]
    minor = Counter(row["document_id"] for row in rows if _is_minor(row))
    limits = _LONGEST_IF_NARROW if width < _NARROW else _LONGEST
    widths = [
        min(limit, max(map(cell_len, (head, *(cell[column] for _, cell in cells)))))
        for column, (head, limit) in enumerate(zip(_HEADS, limits, strict=False))
    ]
    heads = _columns(widths)
    heads.add_row(*(Text(head, style="dim") for head in _HEADS))
    yield Padding(heads, _SET_IN)
    for document_id, group in groupby(cells, key=lambda one: one[0]["document_id"]):
        of_document = list(group)
        yield ""
        yield _heading(of_document[0][0])
        table = _columns(widths)
        for _, (event, *others) in of_document:
            table.add_row(Text(event, style="bold"), *map(Text, others))
        yield Padding(table, _SET_IN)
        if minor[document_id]:
            said = f"and {minor[document_id]} of kind {OTHER} that stand alone"
            yield Padding(Text(said, style="dim"), _SET_IN)


def _is_minor(row: Mapping[str, Any]) -> bool:
    """Whether an event is told beside the others, and of no kind that the profile lists."""
    alone = not row["parent_event_id"] and row["salience"] < MAIN_SALIENCE
    return bool(alone and row["kind"] == OTHER)


def _heading(row: Mapping[str, Any]) -> Text:
    title, identity = printable(row["title"]), printable(row["document_id"])
    return Text(title or identity, style="bold cyan").append(
        f" · {identity}" if title else "", style="not bold dim"
    )


def _cells(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    part = "└ " if row["parent_event_id"] else ""
    place = f"place: {row['place']}" if row["place"] else ""
    participants = [f"{role}: {text}" for role, text in row["participants"]]
    circumstances = ", ".join(filter(None, [*participants, place]))
    event, trigger, moment, rest = map(
        printable, (part + kind(row), row["trigger"], when(row), circumstances)
    )
    return event, trigger, moment, rest


def _columns(widths: Sequence[int]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for width in widths:
        table.add_column(width=width)
    table.add_column()
    return table

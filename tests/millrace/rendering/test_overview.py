"""The events of several documents at a glance."""

import io
import re
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from millrace.rendering.overview import overview
from tests.millrace.rendering.documents import event


def row(document_id: str, title: str = "", **changes: Any) -> dict[str, Any]:
    participants = [("buyer", "Acme"), ("object", "Widget Ltd")]
    named = {"document_id": document_id, "title": title, "participants": participants}
    return event("bought", 5) | named | changes


def shown(*rows: dict[str, Any], width: int = 110) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None)
    for part in overview(rows, width):
        console.print(part)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_each_document_has_a_heading_with_its_events_below() -> None:
    lines = shown(row("a", "First"), row("a", "First", trigger="paid"), row("b"))

    assert [line for line in lines if line and not line.startswith(" ")] == ["First · a", "b"]
    heading = lines.index("First · a")
    assert [re.split(r" {2,}", line.strip())[1] for line in lines[heading + 1 : heading + 3]] == [
        "bought",
        "paid",
    ]


def test_an_event_is_a_line_with_when_who_what_and_where() -> None:
    assert re.search(
        r"  purchase +bought +2024-03-03 +buyer: Acme, object: Widget Ltd, place: London",
        "\n".join(shown(row("a"))),
    )


def test_of_events_of_no_listed_kind_only_main_ones_and_parts_are_shown() -> None:
    lines = shown(
        row("a"),
        row("a", kind="other", trigger="said", salience=0.2),
        row("a", kind="other", trigger="closed", salience=0.7),
        row("a", kind="other", trigger="paid", salience=0.2, parent_event_id="e1"),
        row("a", kind="legal", trigger="sued", salience=0.2),
    )
    text = "\n".join(lines)

    assert "said" not in text
    assert all(trigger in text for trigger in ("bought", "closed", "paid", "sued"))
    assert lines[-1] == "  and 1 of kind other that stand alone"


def test_columns_of_all_documents_stand_below_each_other() -> None:
    lines = shown(row("a", kind="war"), row("b", kind="product_launch", trigger="unveiled"))

    starts = {line.index("2024-03-03") for line in lines if "2024-03-03" in line}
    assert len(starts) == 1


def test_wide_characters_do_not_shift_the_columns() -> None:
    lines = shown(row("a", trigger="収購"), row("b"))

    starts = {cell_len(line[: line.index("2024-03-03")]) for line in lines if "2024" in line}
    assert len(starts) == 1


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_any_width_and_loses_nothing(width: int) -> None:
    long = row(
        "a", "T", kind="appointment", polarity="possible", trigger="took the office over",
        participants=[("subject", " ".join(f"word{number}" for number in range(40)))],
    )  # fmt: skip

    lines = shown(long, width=width)

    assert max(map(cell_len, lines)) <= width
    assert {f"word{number}" for number in range(40)} <= set(re.findall(r"word\d+", " ".join(lines)))


def test_nothing_of_a_document_reaches_the_terminal_as_a_command() -> None:
    hostile = "\x1b[2J\x07"

    lines = shown(row(hostile, hostile, kind=hostile, trigger=hostile, place=hostile))

    assert not re.search(r"[\x00-\x1f]", "".join(lines))

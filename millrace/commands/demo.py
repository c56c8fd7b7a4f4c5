"""``demo``: all of it at once on the bundled sample documents."""

import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL

if TYPE_CHECKING:
    from schemas.document import IngestDocument

_TIMEOUT_S = 120.0
_MAX_CELL = 60


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave Kafka and ClickHouse running at the end.")
    ] = False,
) -> None:
    """Start everything, send the sample documents through it, show their events.

    Nothing is left running, unless with --keep.
    """
    from infra.local import stack
    from millrace import wiring
    from millrace.commands.stack import start

    settings = read_settings()
    began = time.monotonic()
    local = wiring.local_stack(settings)
    running_before = stack.status(local).kafka.state == "running"
    try:
        start(settings)
        documents = samples(settings)
        _flow(settings, documents)
        shown = _show(settings, documents)
        TERMINAL.note(f"{shown} documents in {time.monotonic() - began:.1f} s")
        _next_steps(keep or running_before)
    finally:
        if not keep and not running_before:
            stack.down(local, TERMINAL.note)


def samples(settings: Settings) -> "list[IngestDocument]":
    """The bundled documents."""
    from millrace.inputs import Found, Reading, read

    folder = Path(str(files("millrace") / "samples"))
    found = list(read(sorted(folder.glob("*.json")), Reading(None, {}, settings.max_text_bytes)))
    return [one.document for one in found if isinstance(one, Found)]


def _flow(settings: Settings, documents: "list[IngestDocument]") -> None:
    """Run all stages until the documents are in ClickHouse."""
    import asyncio

    from millrace import wiring
    from millrace.commands.produce import settle_with_progress
    from millrace.supervisor import Supervisor
    from streams.production import produce

    names = tuple(stage.name for stage in wiring.stages(settings))
    TERMINAL.note(f"running {len(names)} stages on {len(documents)} documents")
    supervisor = Supervisor(settings.home.absolute(), [names], on_event=TERMINAL.note)
    with supervisor.running():
        asyncio.run(produce(wiring.broker(settings), documents))
        settle_with_progress(settings, _TIMEOUT_S, supervisor.check)


def _show(settings: Settings, documents: "list[IngestDocument]") -> int:
    """Print the table of events; give the number of documents in ClickHouse."""
    from infra.clickhouse import queries
    from infra.clickhouse.client import Client
    from millrace import wiring

    client = Client(wiring.clickhouse(settings))
    try:
        ids = [document.id for document in documents if document.id]
        rows = queries.event_table(client, ids)
        there = queries.present(client, ids)
    finally:
        client.close()
    from rich import box
    from rich.table import Table

    table = Table(
        "document", "event", "trigger", "who and what", "when", "where",
        title="Events of the sample documents", box=box.SIMPLE_HEAD,
    )  # fmt: skip
    before = ""
    for row in rows:
        table.add_row(row["document_id"] if row["document_id"] != before else "", *_cells(row))
        before = row["document_id"]
    TERMINAL.out.print(table)
    return there


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    """The cells of an event after its document."""
    part = "└ " if row["parent_event_id"] else ""
    polarity = "" if row["polarity"] == "positive" else f" ({row['polarity']})"
    start = row["time_start"]
    when = f"{start:%Y-%m-%d}" if start else row["time_text"]
    participants = ", ".join(row["participants"])
    cut = participants[: _MAX_CELL - 1] + "…" if len(participants) > _MAX_CELL else participants
    return part + row["kind"] + polarity, row["trigger"], cut, when, row["place"]


def _next_steps(running: bool) -> None:
    start = (
        "" if running else "  millrace up                              start Kafka and ClickHouse\n"
    )
    TERMINAL.out.print(
        "Where to look next (with .venv/bin before `millrace`, or on the PATH):\n"
        f"{start}"
        "  millrace show news-acquisition           a document with its events in place\n"
        "  millrace run                             the stages, until Ctrl-C\n"
        "  millrace produce mail/*.txt --wait       your own documents\n"
        "  millrace status                          what runs and how far behind it is",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )

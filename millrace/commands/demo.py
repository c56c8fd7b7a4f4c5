"""``demo``: all of it at once on the bundled sample documents."""

import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from millrace.event_loop import run_to_end
from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL
from schemas.errors import MillraceError

if TYPE_CHECKING:
    from schemas.document import IngestDocument

_TIMEOUT_S = 120.0
_SHOWN = "news-purchase"


class SampleError(MillraceError):
    """A bundled document cannot be read: this installation is broken."""


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave Kafka and ClickHouse running at the end.")
    ] = False,
) -> None:
    """Start everything, send the sample documents through it, show their events.

    Nothing is left running that did not run before, unless with --keep.
    """
    from infra.local import stack
    from infra.local.stack import State
    from millrace import wiring
    from millrace.commands.stack import start

    settings = read_settings()
    began = time.monotonic()
    local = wiring.local_stack(settings)
    found_running = any(one.state != State.STOPPED for one in stack.status(local).services)
    with _on_signals(_interrupt):
        try:
            with _to_its_end():
                start(settings)
            documents = samples(settings)
            _flow(settings, documents)
            shown = _show(settings, documents)
            TERMINAL.note(f"{shown} documents in {time.monotonic() - began:.1f} s")
            pages = _pages(settings, documents)
            _next_steps(pages, is_running=keep or found_running)
        finally:
            if not keep and not found_running:
                with _to_its_end():
                    stack.down(local, TERMINAL.note)


@contextmanager
def _on_signals(act: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Act so on whatever signal asks the command to end."""
    ending = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [(number, signal.signal(number, act)) for number in ending]
    try:
        yield
    finally:
        for number, action in before:
            signal.signal(number, action)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _to_its_end() -> Iterator[None]:
    """Let what is done here come to its end: half started, Kafka could not be stopped again."""
    received = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        TERMINAL.note("ending, once this step is done")

    with _on_signals(note):
        yield
    if received:
        raise KeyboardInterrupt


def samples(settings: Settings) -> "list[IngestDocument]":
    """The bundled documents.

    Raises:
        SampleError: one of them cannot be read.
    """
    from millrace.inputs import Reading, Refused, read

    folder = Path(str(files("millrace") / "samples"))
    documents = []
    for found in read(sorted(folder.glob("*.json")), Reading(None, {}, settings.max_text_bytes)):
        if isinstance(found, Refused):
            raise SampleError(f"{found.place}: {found.reason}")
        documents.append(found.document)
    return documents


def _flow(settings: Settings, documents: "list[IngestDocument]") -> None:
    """Run all stages until the documents are in ClickHouse."""
    from millrace import wiring
    from millrace.commands.produce import settle_with_progress
    from millrace.commands.run import settle_runs
    from millrace.supervisor import Supervisor
    from streams.production import produce

    settle_runs(settings, ingests=True)
    names = tuple(stage.name for stage in wiring.stages(settings))
    TERMINAL.note(f"running {len(names)} stages on {len(documents)} documents")
    supervisor = Supervisor(settings.home.absolute(), [names], on_event=TERMINAL.note)
    with supervisor.running():
        run_to_end(produce(wiring.broker(settings), documents))
        settle_with_progress(settings, _TIMEOUT_S, supervisor.check)


def _show(settings: Settings, documents: "list[IngestDocument]") -> int:
    """Print the events; give the number of documents in ClickHouse."""
    from infra.clickhouse import queries
    from infra.clickhouse.client import Client
    from millrace import wiring
    from millrace.rendering.overview import overview

    client = Client(wiring.clickhouse(settings))
    try:
        ids = [document.id for document in documents if document.id]
        rows = queries.event_table(client, ids)
        there = queries.present(client, ids)
    finally:
        client.close()
    for part in overview(rows, TERMINAL.out.width):
        TERMINAL.out.print(part)
    return there


def _pages(settings: Settings, documents: "list[IngestDocument]") -> list[tuple[Path, str]]:
    """Write a document and the dashboards as pages into the home; give where, and what they are."""
    from datetime import UTC, datetime, timedelta

    from infra.clickhouse import queries
    from infra.clickhouse.client import Client
    from millrace import wiring
    from millrace.commands.charts import Moment, draw
    from millrace.rendering.html_document import page

    client = Client(wiring.clickhouse(settings))
    try:
        found = queries.document(client, _SHOWN)
        calls = queries.calls(client, _SHOWN, found["run_id"]) if found else []
    finally:
        client.close()
    folder = settings.home.absolute()
    pages = []
    if found:
        pages.append(
            (folder / "document.html", page(found, calls), "the document with its events in place")
        )
    now = datetime.now(UTC).replace(microsecond=0)
    published = [document.published_at or now for document in documents]
    written = (min(published), max(published) + timedelta(days=1))
    flow = (now - timedelta(hours=1), now)
    charts = draw(settings, events=written, flow=flow, moment=Moment.PUBLISHED)
    pages.append((folder / "charts.html", charts, "charts of all documents"))
    for file, html, _ in pages:
        file.write_text(html, "utf-8")
    return [(file, words) for file, _, words in pages]


def _next_steps(pages: list[tuple[Path, str]], *, is_running: bool) -> None:
    """Say what to look at and to try now, in commands that work as they are printed."""
    command = _command()
    steps = [
        ("up", "start Kafka and ClickHouse"),
        (f"show {_SHOWN}", "a document with its events in place"),
        ("run", "the stages, until Ctrl-C"),
        ("produce FILE… --wait", "your own documents, in another terminal meanwhile"),
        ("status --watch", "what runs, how far behind and how fast it is, until Ctrl-C"),
        ("down", "stop them"),
    ]
    wanted = steps[1:] if is_running else steps
    longest = max(len(arguments) for arguments, _ in wanted)
    lines = [f"  {command} {arguments:<{longest}}  {words}" for arguments, words in wanted]
    widest = max(len(str(file)) for file, _ in pages)
    browsed = [f"  {file!s:<{widest}}  {words}" for file, words in pages]
    TERMINAL.say("\nWhere to look next:\n" + "\n".join(lines))
    TERMINAL.say("\nFor a browser:\n" + "\n".join(browsed))


def _command() -> str:
    """How to call this command: by its name where that is on the PATH, else by its path."""
    beside = Path(sys.executable).parent / "millrace"
    on_path = shutil.which("millrace")
    if not beside.exists() or (on_path and Path(on_path).samefile(beside)):
        return "millrace"
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)

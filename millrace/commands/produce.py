"""``produce``: documents from files to the first topic."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from millrace.event_loop import run_to_end
from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL

if TYPE_CHECKING:
    from millrace.inputs import Refused
    from schemas.document import IngestDocument
    from streams.production import Produced

_SHOWN_REFUSALS = 20


def produce(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…",
            help="Files, folders or globs: JSON lines (.jsonl, .ndjson, also .gz), .json, .txt, "
            "mails (.eml, .mbox, also .gz), web pages (.html, .htm); "
            "- reads JSON lines from stdin.",
        ),
    ],
    profile: Annotated[
        str | None, typer.Option(help="Of documents that name none, and of mails (else email).")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=NAME",
            help="Take a document's FIELD from NAME of foreign records; what is not named is left "
            "out and counted. May be repeated.",
        ),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until all are in ClickHouse or dead letters.")
    ] = False,
    timeout: Annotated[float, typer.Option(help="The longest wait, in seconds.", min=1)] = 3600.0,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Produce documents to documents.ingest.

    What can be refused is refused before it is sent, with its file, line and reason; the rest is
    sent all the same, and the exit status is 1.
    """
    from millrace import wiring
    from millrace.inputs import Reading, expand, parse_fields

    settings = read_settings()
    _check_profile(settings, profile)
    reading = Reading(
        profile,
        parse_fields(field or []),
        settings.max_text_bytes,
        max_document_bytes=settings.max_message_bytes,
        profiles=frozenset(wiring.profiles(settings)),
    )
    refused: list[Refused] = []
    began = time.monotonic()
    produced = _send(settings, _documents(expand(paths), reading, refused))
    report: dict[str, Any] = {
        "produced": produced.count,
        "refused": [
            {"place": one.place, "kind": one.kind, "reason": one.reason} for one in refused
        ],
        "left_out": dict(reading.left_out),
        "seconds": round(time.monotonic() - began, 2),
    }
    if wait:
        report |= _wait(settings, produced, timeout)
        report["seconds_to_the_end"] = round(time.monotonic() - began, 2)
    if as_json:
        TERMINAL.json(report)
    else:
        _print_report(report, refused)
    if refused:
        raise typer.Exit(1)


def _check_profile(settings: Settings, profile: str | None) -> None:
    from millrace import wiring

    known = wiring.profiles(settings)
    if profile is not None and profile not in known:
        raise typer.BadParameter(
            f"no profile {profile!r}; there are {', '.join(sorted(known))}", param_hint="--profile"
        )


def _documents(
    files: list[Any], reading: Any, refused: list["Refused"]
) -> "Iterator[IngestDocument]":
    from millrace.inputs import Refused, read

    for found in read(files, reading):
        if isinstance(found, Refused):
            refused.append(found)
        else:
            yield found.document


def _send(settings: Settings, documents: "Iterator[IngestDocument]") -> "Produced":
    from millrace import wiring
    from streams.production import produce as produce_documents
    from streams.telemetry.tracing_setup import exporting

    with TERMINAL.progress() as progress, exporting("produce"):
        task = progress.add_task("producing", total=None)
        return run_to_end(
            produce_documents(
                wiring.broker(settings),
                documents,
                lambda count: progress.advance(task, count),
            )
        )


def _wait(settings: Settings, produced: "Produced", timeout: float) -> dict[str, Any]:
    """Wait for what was produced; what became of it."""
    from infra.clickhouse.client import Client
    from infra.clickhouse.queries import outcomes
    from millrace import wiring

    note_idle_stages(settings)
    settle_with_progress(settings, timeout)
    client = Client(wiring.clickhouse(settings))
    try:
        counted = outcomes(client, produced.offsets)
    finally:
        client.close()
    found = {
        "validated": counted.validated,
        "review": counted.review,
        "dead_lettered": counted.dead_lettered,
    }
    records = sum(end - first for first, end in produced.offsets.values())
    return found | {
        # Of records with one id only the newest counts.
        "replaced": records - sum(found.values()),
        # Records that others produced in the meantime lie between ours, and are counted with them.
        "of_others": records - produced.count,
    }


def note_idle_stages(settings: Settings) -> None:
    """Say which stages no process runs: a wait for them has no end."""
    from millrace.commands.status import stage_states

    idle = [one["stage"] for one in run_to_end(stage_states(settings)) if not one["processes"]]
    if idle:
        TERMINAL.note(
            f"no process runs the stage{'s' * (len(idle) > 1)} {', '.join(idle)} yet: "
            "`millrace run` in another terminal starts them"
        )


def settle_with_progress(
    settings: Settings, timeout: float, on_poll: Callable[[], None] = lambda: None
) -> None:
    """Wait until all that was produced has gone all the way, with a bar of the lag.

    ``on_poll`` is called again and again meanwhile; what it raises ends the wait.
    """
    from millrace import wiring
    from streams.settling import settle

    with TERMINAL.progress() as progress:
        task = progress.add_task("waiting", total=None)
        most: Counter[str] = Counter()

        def on_progress(stage: str, behind: int) -> None:
            most[stage] = max(most[stage], behind)
            done = most[stage] - behind
            on_poll()
            progress.update(task, description=stage, completed=done, total=most[stage] or None)

        run_to_end(settle(wiring.broker(settings), wiring.stages(settings), timeout, on_progress))


def _print_report(report: dict[str, Any], refused: list["Refused"]) -> None:
    for one in refused[:_SHOWN_REFUSALS]:
        TERMINAL.fail(f"{one.place}: {one.reason}")
    if len(refused) > _SHOWN_REFUSALS:
        TERMINAL.fail(f"and {len(refused) - _SHOWN_REFUSALS:,} more were refused")
    count = report["produced"]
    line = f"{count:,} document{'s' * (count != 1)} produced"
    if refused:
        kinds = Counter(one.kind for one in refused)
        counts = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
        line += f", {len(refused):,} refused ({counts})"
    TERMINAL.say(f"{line} in {report['seconds']:.1f} s")
    if report["left_out"]:
        left = ", ".join(f"{name} ({count:,})" for name, count in report["left_out"].items())
        TERMINAL.say(f"left out of foreign records: {left}")
    if "validated" in report:
        others = report["of_others"]
        TERMINAL.say(
            f"{report['validated']:,} validated, {report['review']:,} for review, "
            f"{report['dead_lettered']:,} dead-lettered, {report['replaced']:,} replaced by a "
            f"newer text of the same id, after {report['seconds_to_the_end']:.1f} s"
            + (f" ({others:,} of these were produced by others meanwhile)" if others else "")
        )

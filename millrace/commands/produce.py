"""``produce``: documents from files to the first topic."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
            help="Files, folders or globs: JSON lines (.jsonl, .ndjson, also .gz), .json, .txt; "
            "- reads JSON lines from stdin.",
        ),
    ],
    profile: Annotated[
        str | None, typer.Option(help="Profile of documents that name none.")
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
    from millrace.inputs import Reading, expand, parse_fields

    settings = read_settings()
    reading = Reading(profile, parse_fields(field or []), settings.max_text_bytes)
    _check_profile(settings, profile)
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
        report["seconds"] = round(time.monotonic() - began, 2)
    if as_json:
        TERMINAL.out.print_json(json.dumps(report))
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

    with TERMINAL.progress() as progress:
        task = progress.add_task("producing", total=None)
        return asyncio.run(
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
    # Of documents with one id only the newest text counts.
    return found | {"replaced": produced.count - sum(found.values())}


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

        asyncio.run(settle(wiring.broker(settings), wiring.stages(settings), timeout, on_progress))


def _print_report(report: dict[str, Any], refused: list["Refused"]) -> None:
    out = TERMINAL.out
    for one in refused[:_SHOWN_REFUSALS]:
        TERMINAL.fail(f"{one.place}: {one.reason}")
    if len(refused) > _SHOWN_REFUSALS:
        TERMINAL.fail(f"and {len(refused) - _SHOWN_REFUSALS:,} more were refused")
    line = f"{report['produced']:,} documents produced"
    if refused:
        kinds = Counter(one.kind for one in refused)
        counts = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
        line += f", {len(refused):,} refused ({counts})"
    out.print(f"{line} in {report['seconds']:.1f} s", highlight=False)
    if report["left_out"]:
        left = ", ".join(f"{name} ({count:,})" for name, count in report["left_out"].items())
        out.print(f"left out of foreign records: {left}", highlight=False, soft_wrap=True)
    if "validated" in report:
        out.print(
            f"{report['validated']:,} validated, {report['review']:,} for review, "
            f"{report['dead_lettered']:,} dead-lettered, {report['replaced']:,} replaced by a "
            "newer text of the same id",
            highlight=False,
            soft_wrap=True,
        )

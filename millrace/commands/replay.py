"""``replay``: records of a topic once more, into the same run or another."""

import time
from enum import StrEnum
from typing import Annotated

import typer

from millrace.commands.produce import note_idle_stages, settle_with_progress
from millrace.errors import UsageError
from millrace.settings import read_settings
from millrace.terminal import TERMINAL

_BEGINNING, _END = "beginning", "end"
_WAIT_S = 3600.0


class Status(StrEnum):
    """How a document came out."""

    REVIEW = "review"
    VALIDATED = "validated"


def replay(
    topic: Annotated[
        str | None, typer.Argument(help="Of which to copy records; none with --resume.")
    ] = None,
    run: Annotated[
        str | None, typer.Option(help="The run to replay into; the promoted one by default.")
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="WHEN",
            help="A time (UTC without a zone), a time ago (90m, 12h, 7d), offsets "
            "(PARTITION:OFFSET,…, or one for every partition), or beginning.",
        ),
    ] = _BEGINNING,
    until: Annotated[
        str, typer.Option("--to", metavar="WHEN", help="Up to here, exclusive; or end.")
    ] = _END,
    document: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this. May be repeated.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Only documents with this profile, language, source, title, id or key of their "
            "metadata. May be repeated: all must hold.",
        ),
    ] = None,
    status: Annotated[
        Status | None, typer.Option(help="Only documents that the promoted run has so.")
    ] = None,
    missing_from: Annotated[
        str | None,
        typer.Option(
            metavar="RUN", help="Only documents that RUN has and the run to replay into lacks."
        ),
    ] = None,
    max_lag: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Wait while the stages behind are that many records behind; by default 8 with the "
            "rules, else as many as an engine takes calls.",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="The most records to copy, those first ingested.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Copy nothing; say what would be.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the newest unfinished replay.")
    ] = False,
    skip_unreadable: Annotated[
        bool, typer.Option("--skip-unreadable", help="Leave out what cannot be read.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until all is in ClickHouse or dead letters.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Copy records of a topic to its end, so that the stages behind work on them once more.

    Of each document the newest record is copied, with another run or the same, and a generation
    of its own. What is wrong is said before anything is copied.
    """
    if (topic is None) != resume:
        raise UsageError("say a TOPIC to replay, or --resume: exactly one of the two")
    settings = read_settings()
    began = time.monotonic()
    from millrace import replaying
    from millrace.rendering.replay_report import lines

    if topic is None:
        chosen = (run, document, where, status, missing_from, limit)
        if any(chosen) or dry_run or skip_unreadable or (since, until) != (_BEGINNING, _END):
            raise UsageError("--resume goes on with what was chosen: leave the other options out")
        report = replaying.resume(settings, max_lag)
    else:
        wish = replaying.Wish(
            topic=topic,
            run=run,
            since=since,
            until=until,
            documents=tuple(document or ()),
            conditions=tuple(where or ()),
            status=status,
            missing_from=missing_from,
            limit=limit,
            skip_unreadable=skip_unreadable,
        )
        if dry_run:
            report = replaying.rehearse(settings, wish)
        else:
            report = replaying.replay(settings, wish, max_lag)
    report["seconds"] = round(time.monotonic() - began, 2)
    if wait and not dry_run:
        note_idle_stages(settings)
        settle_with_progress(settings, _WAIT_S)
        report["seconds_to_the_end"] = round(time.monotonic() - began, 2)
    if as_json:
        TERMINAL.json(report)
        return
    for line in lines(report):
        TERMINAL.say(line)

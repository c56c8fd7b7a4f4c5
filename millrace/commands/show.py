"""``show``: a document with its events in place."""

from pathlib import Path
from typing import Annotated, Any

import typer

from millrace.page_file import write_page
from millrace.settings import read_settings
from millrace.terminal import TERMINAL


def show(
    document_id: Annotated[str, typer.Argument(help="The id it was produced with.")],
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a self-contained page to this file.")
    ] = None,
    run: Annotated[
        str | None, typer.Option(metavar="NAME", help="As this run has it, not the promoted one.")
    ] = None,
) -> None:
    """Show a document with its events in place, as the promoted run has it or another one."""
    from infra.clickhouse import queries
    from infra.clickhouse.client import Client
    from infra.clickhouse.letters import letter_of_newest_text
    from millrace import wiring
    from millrace.rendering.letter_words import refused
    from millrace.runs.choice import require_run

    if as_json and html is not None:
        raise typer.BadParameter("--json and --html exclude each other")
    client = Client(wiring.clickhouse(read_settings()))
    try:
        if run is not None:
            require_run(client, run)
        found = queries.document(client, document_id, run)
        letter = letter_of_newest_text(client, document_id, run)
        letters = [] if found or letter else queries.letters(client, document_id)
        calls = queries.calls(client, document_id, found["run_id"]) if found and html else []
    finally:
        client.close()
    told = list(refused(letter, document_id, is_shown=bool(found))) if letter else []
    if found is None:
        if told:
            TERMINAL.fail("; ".join(told))
            raise typer.Exit(1)
        _absent(document_id, letters, "" if run is None else f" in run {run}")
        return
    if letter:
        found["dead_letter"] = letter
    if as_json:
        TERMINAL.json(found)
    elif html is not None:
        from millrace.rendering.html_document import page

        write_page(html, page(found, calls))
    else:
        from millrace.rendering.terminal_document import render

        for line in told:
            TERMINAL.marked("refused", line, "bold red")
        for part in render(found):
            TERMINAL.out.print(part)


def _absent(document_id: str, letters: list[dict[str, Any]], where: str) -> None:
    """Say why there is nothing to show, and end with status 1."""
    if not letters:
        TERMINAL.fail(
            f"no document {document_id!r}{where}: not produced, deleted, or still on its way"
        )
    for letter in letters:
        TERMINAL.fail(
            f"document {document_id!r} was dead-lettered by {letter['stage']} "
            f"({letter['kind']}): {letter['message']}"
        )
    raise typer.Exit(1)

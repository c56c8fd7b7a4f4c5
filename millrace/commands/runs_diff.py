"""``runs diff``: two runs compared document by document."""

from pathlib import Path
from typing import Annotated

import typer

from millrace.page_file import write_page
from millrace.settings import read_settings
from millrace.terminal import TERMINAL


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A run: what was.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another: what is instead.")],
    profile: Annotated[
        str, typer.Option(help="Compare only documents that have this profile in either run.")
    ] = "",
    sample: Annotated[
        int, typer.Option(min=0, max=200, help="How many documents to show as examples.")
    ] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write a self-contained page to this file.")
    ] = None,
) -> None:
    """Compare two runs document by document: what B adds, removes and tells differently.

    Events of one kind at one place are the same; the others are matched by how far they overlap.
    Documents that the runs read in different texts are counted and not compared.
    """
    from infra.clickhouse.client import Client
    from infra.clickhouse.run_pairs import RunPair
    from millrace import wiring
    from millrace.runs.choice import check_name
    from millrace.runs.comparison import compare

    if as_json and html is not None:
        raise typer.BadParameter("--json and --html exclude each other")
    pair = RunPair(check_name(a), check_name(b), profile)
    client = Client(wiring.clickhouse(read_settings()))
    try:
        found = compare(client, pair, sample)
    finally:
        client.close()
    if as_json:
        from millrace.rendering.diff_json import as_json as plain

        TERMINAL.json(plain(found))
    elif html is not None:
        from millrace.rendering.diff_page import page

        write_page(html, page(found))
    else:
        from millrace.rendering.diff_terminal import render

        for part in render(found):
            TERMINAL.out.print(part)

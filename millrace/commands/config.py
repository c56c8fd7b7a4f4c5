"""``config``: the settings in force and where each comes from."""

from dataclasses import asdict
from typing import Annotated

import typer

from millrace.settings import read_settings
from millrace.terminal import TERMINAL


def config(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    as_example: Annotated[
        bool, typer.Option("--example", help="Print a millrace.toml with all defaults instead.")
    ] = False,
) -> None:
    """Print every setting with its value and origin; secrets are masked.

    A variable MILLRACE_… that is no setting, or an unknown key of millrace.toml, is an error.
    """
    from millrace.settings import listing

    if as_json and as_example:
        raise typer.BadParameter("--json and --example exclude each other")
    if as_example:
        TERMINAL.say(listing.example().rstrip("\n"))
        return
    found = listing.in_force(read_settings())
    if as_json:
        TERMINAL.json([asdict(one) for one in found])
        return
    for one in found:
        TERMINAL.say(f"{one.name} = {listing.words(one.value)}  ({one.origin})")
        TERMINAL.faint(f"    {one.description}")

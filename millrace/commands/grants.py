"""``grants``: the rights of who writes and who reads, on a ClickHouse of your own."""

from typing import Annotated

import typer

from millrace.settings import read_settings
from millrace.terminal import TERMINAL


def grants(
    apply: Annotated[
        bool, typer.Option("--apply", help="Give them, as the user of the settings.")
    ] = False,
    definer: Annotated[
        str,
        typer.Option(
            metavar="USER",
            help="The user of the stages, with whose rights the views read; by default the user of "
            "the settings.",
        ),
    ] = "",
) -> None:
    """Print the SQL that makes the roles millrace_writer and millrace_reader on a ClickHouse.

    An administrator runs it once the tables are there, and again after each upgrade; the reader may
    then read the views, and no table. The local ClickHouse has no roles.
    """
    from infra.clickhouse.grants import give
    from infra.clickhouse.grants import grants as statements
    from millrace.tables_address import clickhouse

    settings = read_settings()
    server, chosen = clickhouse(settings), definer or settings.clickhouse_user
    if apply:
        give(server, chosen)
        TERMINAL.note(f"gave millrace_writer and millrace_reader their rights at {server.url}")
        return
    for statement in statements(server, chosen):
        TERMINAL.say(f"{statement};")

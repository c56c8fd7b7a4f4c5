"""The ``millrace`` command: its groups, its errors, its exit codes."""

import logging
import sys
from typing import Annotated, NoReturn

import typer

from millrace import __version__
from millrace.commands import demo, produce, run, show, stack
from millrace.errors import UsageError
from millrace.terminal import TERMINAL
from schemas.errors import MillraceError, UnavailableError

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NOT_RUNNING = 3

app = typer.Typer(
    name="millrace",
    help="Streams of documents in, grounded and versioned events in ClickHouse out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something needed is not running.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        TERMINAL.out.print(f"millrace {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show the traceback of an error.")
    ] = False,
    version: Annotated[  # noqa: ARG001 - ends the command by its callback
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    TERMINAL.verbose = verbose


app.command("demo")(demo.demo)
app.command("up")(stack.up)
app.command("down")(stack.down)
app.command("status")(stack.status)
app.command("run")(run.run)
app.command("produce")(produce.produce)
app.command("show")(show.show)


def main() -> NoReturn:
    """Run the command; an error is one line on stderr, with its traceback under --verbose."""
    # What libraries log beside the error that they raise is not for the terminal.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app()
    except UsageError as error:
        _end(error, EXIT_USAGE)
    except UnavailableError as error:
        _end(error, EXIT_NOT_RUNNING)
    except MillraceError as error:
        _end(error, EXIT_FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(EXIT_FAILED)
    except Exception as error:
        _end(error, EXIT_FAILED)
    sys.exit(0)


def _end(error: Exception, status: int) -> NoReturn:
    if TERMINAL.verbose:
        raise error
    known = isinstance(error, MillraceError)
    detail = str(error) if known else f"{type(error).__name__}: {error} (--verbose says where)"
    TERMINAL.fail(detail)
    sys.exit(status)

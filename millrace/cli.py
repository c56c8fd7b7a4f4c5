"""The ``millrace`` command: its groups, its errors, its exit codes."""

import logging
import os
import sys
import traceback
from typing import Annotated, NoReturn

import typer

from infra.local.errors import StackError
from millrace import __version__
from millrace.commands import (
    cache,
    charts,
    config,
    dashboards,
    dead_letters,
    demo,
    doctor,
    grants,
    produce,
    replay,
    run,
    runs,
    show,
    stack,
    status,
    topics,
    train,
)
from millrace.commands import eval as evaluation
from millrace.errors import UsageError
from millrace.terminal import TERMINAL
from schemas.errors import MillraceError, UnavailableError

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_NOT_RUNNING = 3
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="millrace",
    help="Streams of documents in, grounded and versioned events in ClickHouse out.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something needed is not running.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        TERMINAL.say(f"millrace {__version__}")
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
app.command("status")(status.status)
app.command("run")(run.run)
app.command("produce")(produce.produce)
app.command("topics")(topics.topics)
app.command("replay")(replay.replay)
app.command("show")(show.show)
app.command("charts")(charts.charts)
app.command("config")(config.config)
app.command("doctor")(doctor.doctor)
app.command("grants")(grants.grants)
app.command("eval")(evaluation.evaluate)
app.command("train")(train.train)
app.add_typer(runs.app)
app.add_typer(dead_letters.app)
app.add_typer(cache.app)
app.add_typer(dashboards.app)


def main() -> NoReturn:
    """Run the command; an error is one line on stderr, after its traceback under --verbose."""
    # What libraries log beside the error that they raise is not for the terminal.
    logging.getLogger().addHandler(logging.NullHandler())
    arguments = sys.argv[1:] or ["--help"]
    # The option belongs to the command as a whole, and may stand anywhere.
    arguments.sort(key=lambda argument: argument != "--verbose")
    try:
        sys.exit(app(arguments, prog_name="millrace", standalone_mode=False))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Nobody reads on: what is still buffered must not fail once more when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILED)
    except Exception as error:
        if TERMINAL.verbose:
            traceback.print_exception(error)
        TERMINAL.fail(_line(error))
        sys.exit(_exit_status(error))


def _line(error: Exception) -> str:
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "millrace"
        return f"{error.format_message()} (see {command} --help)"
    if isinstance(error, MillraceError | StackError):
        return str(error)
    where = "" if TERMINAL.verbose else " (--verbose says where)"
    return f"{type(error).__name__}: {error}{where}"


def _exit_status(error: Exception) -> int:
    if isinstance(error, UsageError | typer.TyperException):
        return EXIT_USAGE
    return EXIT_NOT_RUNNING if isinstance(error, UnavailableError) else EXIT_FAILED

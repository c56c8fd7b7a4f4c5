"""``dead-letters``: what was refused, why, and sending it on its way again."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from millrace.commands.letter_filter import filtered
from millrace.errors import UsageError
from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL

if TYPE_CHECKING:
    from infra.clickhouse.client import Client
    from infra.clickhouse.letters import LetterFilter

app = typer.Typer(
    name="dead-letters", help="What was refused: look at it, send it on again, remove it."
)

_INTERRUPTED = 130

AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
@filtered
def list_letters(
    chosen: "LetterFilter",
    limit: Annotated[int, typer.Option(min=1, help="The most to show.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show letters, newest first, without their contents."""
    from infra.clickhouse import letters
    from millrace.rendering.letter_list import lines

    with closing(_client(read_settings())) as client:
        found = letters.newest(client, chosen, limit)
        total = letters.count(client, chosen)
    if as_json:
        TERMINAL.json({"total": total, "letters": found})
        return
    for line in lines(found, total):
        TERMINAL.say(line)


@app.command()
def show(
    letter_id: Annotated[str, typer.Argument(metavar="LETTER_ID", help="As list shows it.")],
    value: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write its value, byte by byte, to FILE.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a letter: its error, and the record that was refused, its value shortened."""
    from infra.clickhouse import letters
    from millrace.rendering import letter_words

    with closing(_client(read_settings())) as client:
        found = letters.find(client, letter_id)
    if found is None:
        TERMINAL.fail(f"no dead letter {letter_id!r}: `millrace dead-letters list` shows them")
        raise typer.Exit(1)
    if value is not None:
        if found.value is None:
            raise UsageError(f"letter {letter_id} has no value: its record deletes a document")
        _write(value, found.value)
        TERMINAL.note(f"{len(found.value):,} bytes are in {value}")
    if as_json:
        TERMINAL.json(letter_words.as_json(found))
        return
    for line in letter_words.lines(found):
        TERMINAL.say(line)


@app.command()
@filtered
def stats(
    chosen: "LetterFilter",
    as_json: AsJson = False,
) -> None:
    """Count letters by stage, kind and run: the first, the last, and how many were redriven."""
    from infra.clickhouse import letters
    from millrace.rendering.letter_list import stats_lines

    with closing(_client(read_settings())) as client:
        found = letters.stats(client, chosen)
    if as_json:
        TERMINAL.json(found)
        return
    for line in stats_lines(found):
        TERMINAL.say(line)


@app.command()
@filtered
def redrive(
    chosen: "LetterFilter",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing; say what would be.")
    ] = False,
    rate: Annotated[
        float | None, typer.Option(min=0.01, metavar="N", help="The most records a second.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="The most letters, those of the oldest texts.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also those that were redriven before.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send the records of letters back to their topics, as they were, one attempt later.

    Mend the cause first. It may be repeated, also after it was killed.
    """
    from millrace.redriving import Wish, redrive_letters
    from millrace.rendering.letter_list import redrive_lines

    with TERMINAL.progress() as progress:
        task = progress.add_task("redriving", total=None)

        def on_progress(sent: int, of: int) -> None:
            progress.update(task, completed=sent, total=of)

        try:
            wish = Wish(chosen, again, limit, rate, dry_run)
            report = redrive_letters(read_settings(), wish, on_progress)
        except KeyboardInterrupt:
            TERMINAL.note("stopped before its end: the same command goes on with what is left")
            raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        TERMINAL.json(report)
        return
    for line in redrive_lines(report):
        TERMINAL.say(line)


@app.command()
@filtered
def export(
    chosen: "LetterFilter",
    file: Annotated[Path, typer.Argument(metavar="FILE", help="To write; - for the terminal.")],
) -> None:
    """Write letters with all their bytes as JSON lines; key, value and headers in base64."""
    from infra.clickhouse import letters
    from millrace.redriving import in_batches
    from millrace.rendering.letter_lines import to_line

    with closing(_client(read_settings())) as client:
        named = letters.names(client, chosen)
        written = 0
        with _opened(file) as out:
            for batch in in_batches(client, named):
                for letter in batch:
                    out.write(to_line(letter) + "\n")
                    written += 1
    TERMINAL.note(f"{written:,} letter{'' if written == 1 else 's'} written to {file}")


@app.command()
@filtered
def drop(
    chosen: "LetterFilter",
    everything: Annotated[bool, typer.Option("--all", help="All letters there are.")] = False,
    yes: Yes = False,
) -> None:
    """Remove letters for good: `millrace dead-letters export` keeps them in a file."""
    if chosen.is_everything != everything:
        raise UsageError("say which letters, by a filter, or --all: one of the two")
    from infra.clickhouse import letters

    with closing(_client(read_settings())) as client:
        named = letters.names(client, chosen)
        if named:
            _confirm(len(named), yes)
        letters.drop(client, named)
    TERMINAL.say(f"removed {len(named):,} letter{'' if len(named) == 1 else 's'}")


def _client(settings: Settings) -> "Client":
    from infra.clickhouse.client import Client
    from millrace import wiring

    return Client(wiring.clickhouse(settings))


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from None


def _opened(file: Path) -> Any:
    from contextlib import nullcontext

    if str(file) == "-":
        return nullcontext(sys.stdout)
    try:
        return file.open("w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from None


def _confirm(count: int, yes: bool) -> None:
    if yes:
        return
    what = f"{count:,} letter{'' if count == 1 else 's'}"
    if not sys.stdin.isatty():
        raise UsageError(f"{what} would be removed: say --yes, there is nobody to ask here")
    typer.confirm(f"Remove {what}?", abort=True, err=True)

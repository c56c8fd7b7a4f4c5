"""``cache``: what the response cache of this home holds, and emptying it."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from millrace.errors import UsageError
from millrace.settings import read_settings
from millrace.terminal import TERMINAL

_MEBIBYTE = 1024 * 1024
_DAY_S = 86_400

app = typer.Typer(name="cache", help="The answers of models, kept so that nothing is asked twice.")


@app.command()
def stats(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Show what is kept. How often it is used is in the table inference_calls (from_cache)."""
    from millrace import wiring
    from streams.inference.cache.upkeep import statistics

    path = wiring.cache_settings(read_settings()).path
    found = statistics(path)
    if as_json:
        TERMINAL.json(
            {
                "path": str(path),
                "answers": found.answers,
                "documents": found.documents,
                "answer_bytes": found.answer_bytes,
                "file_bytes": found.file_bytes,
                "aside_bytes": found.aside_bytes,
                "oldest": _iso(found.oldest),
                "newest": _iso(found.newest),
            }
        )
        return
    if not found.answers:
        TERMINAL.say(f"nothing is kept in {path}")
    else:
        TERMINAL.say(
            f"{found.answers:,} answers of {found.documents:,} documents in {path}\n"
            f"{found.file_bytes / _MEBIBYTE:,.1f} MiB on disk, kept from {_iso(found.oldest)} "
            f"to {_iso(found.newest)}"
        )
    if found.aside_bytes:
        TERMINAL.say(
            f"{found.aside_bytes / _MEBIBYTE:,.1f} MiB in files set aside beside it: "
            "`millrace cache clear` removes them"
        )


@app.command()
def clear(
    document: Annotated[
        str | None, typer.Option(help="Only what belongs to this document alone.")
    ] = None,
    older_than: Annotated[
        float | None, typer.Option(min=0, metavar="DAYS", help="Only what was kept before.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Forget answers; the models are asked again. Consumers may run meanwhile."""
    from millrace import wiring
    from streams.inference.cache import upkeep

    if document is not None and older_than is not None:
        raise typer.BadParameter("--document and --older-than exclude each other")
    path = wiring.cache_settings(read_settings()).path
    if document is not None:
        dropped = upkeep.clear_document(path, document)
    elif older_than is not None:
        dropped = upkeep.clear_older(path, older_than * _DAY_S)
    else:
        _confirm(yes)
        dropped = upkeep.clear(path)
    TERMINAL.say(f"forgot {dropped:,} answer{'' if dropped == 1 else 's'}")


def _confirm(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("all answers would be forgotten: say --yes, there is nobody to ask here")
    typer.confirm("Forget all answers?", abort=True, err=True)


def _iso(seconds: int | None) -> Any:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()

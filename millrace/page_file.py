"""A page for browsers, written where the user wants it."""

from pathlib import Path

from millrace.errors import UsageError
from millrace.terminal import TERMINAL


def write_page(file: Path, html: str) -> None:
    """Write a page and say where.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        file.write_text(html, "utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error
    TERMINAL.note(f"wrote {file}")

"""What every command shares: printing, progress, and how it ends."""

import json
import os
import re
import sys
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

# Of output that no terminal takes; rich's own 80 cuts tables that a file has room for.
_PIPED_COLUMNS = 110
# C0 but for tab and line feed, DEL, C1: they could move the cursor, or change what was printed.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNESCAPED = re.compile(r"[\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n?")


def printable(text: str) -> str:
    """``text`` without control characters, which would act on the terminal that shows it.

    Line ends become line feeds; other control characters show as pictures, such as ␛.
    """
    return _CONTROL.sub(_picture, _LINE_END.sub("\n", text))


def _picture(control: re.Match[str]) -> str:
    code = ord(control.group())
    if code == 0x7F:
        return "␡"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def _stdout() -> Console:
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED_COLUMNS
    return console


def _stderr() -> Console:
    return Console(stderr=True)


@dataclass(slots=True)
class Terminal:
    """Where a command speaks: results on stdout, progress and errors on stderr."""

    verbose: bool = False
    out: Console = field(default_factory=_stdout)
    err: Console = field(default_factory=_stderr)

    def say(self, text: str) -> None:
        """Text as it is, in lines that only the terminal breaks."""
        self.out.print(printable(text), highlight=False, markup=False, soft_wrap=True)

    def faint(self, text: str) -> None:
        """Text that explains other text."""
        self.out.print(printable(text), highlight=False, markup=False, soft_wrap=True, style="dim")

    def marked(self, mark: str, text: str, style: str) -> None:
        """A line that begins with a mark of nine columns in a colour of its own."""
        line = Text.assemble((f"{mark:<9}", style), printable(text))
        self.out.print(line, highlight=False, soft_wrap=True)

    def note(self, message: str) -> None:
        """A line of progress."""
        line = printable(message)
        self.err.print(line, highlight=False, markup=False, soft_wrap=True, style="dim")

    def fail(self, message: str) -> None:
        """The one line of an error."""
        print(f"millrace: {printable(' '.join(message.split()))}", file=sys.stderr)  # noqa: T201

    def json(self, value: object) -> None:
        """A value for scripts; times in ISO 8601."""
        text = json.dumps(value, indent=2, default=_plain, ensure_ascii=False)
        # JSON itself lets DEL and C1 through, which a terminal may act on as well.
        text = _UNESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
        try:
            text.encode(self.out.encoding)
        except UnicodeEncodeError:  # a file name that is no text, or a terminal of another age
            text = json.dumps(value, indent=2, default=_plain)
        print(text)  # noqa: T201

    def progress(self) -> Progress:
        """A progress bar on stderr that leaves nothing behind, and is not there in a file."""
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            console=self.err,
            transient=True,
            disable=not self.err.is_terminal,
        )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


TERMINAL = Terminal()

"""What every command shares: printing, progress, and how it ends."""

import sys
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn


@dataclass(slots=True)
class Terminal:
    """Where a command speaks: results on stdout, progress on stderr."""

    verbose: bool = False
    out: Console = field(default_factory=Console)
    err: Console = field(default_factory=lambda: Console(stderr=True))

    def note(self, message: str) -> None:
        """A line of progress."""
        self.err.print(message, highlight=False, markup=False, style="dim")

    def fail(self, message: str) -> None:
        """The one line of an error."""
        print(f"millrace: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201

    def progress(self) -> Progress:
        """A progress bar on stderr that leaves nothing behind."""
        return Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            console=self.err,
            transient=True,
        )


TERMINAL = Terminal()

"""``eval`` without ``--compare``: scores printed, and kept where one wants them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from eval.found import Found
from eval.kept import as_line
from eval.running import System
from eval.scoring.results import FOLDER, record, stamp
from eval.scoring.tables import as_json
from eval.selection import Chosen
from millrace.errors import UsageError
from millrace.evaluation.scoring import Scored, kept, score_each
from millrace.page_file import write_page
from millrace.rendering.mistakes_page import page
from millrace.rendering.scores_terminal import render_report
from millrace.terminal import TERMINAL


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the scores go beside the terminal; ``as_json`` prints them for scripts instead."""

    as_json: bool
    html: Path | None
    save: Path | None
    record: bool


def check_outputs(outputs: Outputs, limit: int | None) -> None:
    """Refuse what would only fail after all has been scored.

    Raises:
        UsageError: a file cannot be written, or what is to be recorded would mislead.
    """
    for file in (outputs.html, outputs.save):
        if file is not None and not file.parent.is_dir():
            raise UsageError(f"{file}: cannot be written: no folder {file.parent}")
    if not outputs.record:
        return
    if limit is not None:
        raise UsageError("--record keeps the scores of whole splits: leave --limit out")
    if not (FOLDER.parent / "pyproject.toml").is_file():
        raise UsageError("--record keeps the scores in a checkout, and this is none: use --json")


def score_and_print(system: System, split: str, chosen: Sequence[Chosen], outputs: Outputs) -> None:
    """Score a system on each corpus; a corpus is printed and kept as soon as it is done."""
    done: list[Scored] = []
    with ExitStack() as open_until_done:
        keep = open_until_done.enter_context(_keeping(outputs.save))
        on_found = open_until_done.enter_context(counting(chosen))
        for scored in score_each(system, chosen, on_found):
            keep(map(as_line, kept(system, split, scored)))
            done.append(scored)
            if not outputs.as_json:
                for part in render_report(scored.report, split):
                    TERMINAL.out.print(part)
    reports = [scored.report for scored in done]
    if outputs.as_json:
        about = {"split": split, "profile": system.profile}
        TERMINAL.json([about | as_json(report) for report in reports])
    if outputs.save is not None:
        TERMINAL.note(f"wrote {outputs.save}: compare it with --compare")
    if outputs.html is not None:
        write_page(outputs.html, page(system.name, split, [(s.chosen, s.report) for s in done]))
    if outputs.record:
        record(reports, split, stamp(), FOLDER)
        TERMINAL.note(f"wrote {FOLDER / 'RESULTS.md'}")


@contextmanager
def counting(chosen: Iterable[Chosen]) -> Iterator[Callable[[Found], None]]:
    """A progress bar over all documents; what it gives is told of each that is done."""
    with TERMINAL.progress() as bar:
        task = bar.add_task("documents", total=sum(len(one.documents) for one in chosen))
        yield lambda _: bar.advance(task)


@contextmanager
def _keeping(file: Path | None) -> Iterator[Callable[[Iterable[str]], None]]:
    """Writes lines to a file as they come; to none where there is none."""
    if file is None:
        yield lambda _: None
        return
    try:
        opened = file.open("w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error

    def keep(lines: Iterable[str]) -> None:
        opened.writelines(lines)
        opened.flush()

    with opened:
        yield keep

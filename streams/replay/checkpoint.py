"""The checkpoint of a replay: its plan, how far it is, and who is at it.

Under ``HOME/replays`` each replay has three files, named after its generation. ``ID.json`` is the
plan, written whole before the first copy. ``ID.progress.json`` is how far it is, replaced after
each acknowledged batch. ``ID.lock`` keeps two processes off one replay.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from schemas.errors import MillraceError
from schemas.model import Value, describe_invalid
from schemas.run import Run

Kept = TypeVar("Kept", bound=Value)

_PLAN = re.compile(r"(\d{1,10})\.json")
_KEPT = 20
# What a version has room for.
_LARGEST_GENERATION = (1 << 32) - 1


class CheckpointError(MillraceError):
    """There is no replay to go on with, or its files cannot be used."""


class Plan(Value):
    """A replay as it was decided: ``offsets`` are the chosen ones of each partition, as ranges.

    ``run`` is frozen here, ``base_run_id`` is the run promoted when it began. ``left_out`` and
    ``removed`` are for the report.
    """

    topic: str
    run: Run
    base_run_id: str
    generation: int = Field(default=0, ge=0)
    arguments: str = ""
    max_lag: int = Field(ge=1)
    offsets: dict[int, tuple[tuple[int, int], ...]]
    records: int
    left_out: dict[str, int] = Field(default_factory=dict)
    removed: int = 0
    absent: int = 0


class CopyProgress(Value):
    """How far a replay is: per partition the first offset still to copy."""

    next_offsets: dict[int, int] = Field(default_factory=dict)
    copied: int = 0
    finished: bool = False


class Checkpoints:
    """The replays of a home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "replays"

    def generations(self) -> list[int]:
        """The replays that are kept here, by their generations, the oldest first."""
        with suppress(FileNotFoundError):
            names = [_PLAN.fullmatch(path.name) for path in self.folder.iterdir()]
            return sorted(int(name[1]) for name in names if name)
        return []

    def plan(self, generation: int) -> Plan:
        """The plan of a replay.

        Raises:
            CheckpointError: its file cannot be read.
        """
        return _read(Plan, self.folder / f"{generation}.json")

    def progress(self, generation: int) -> CopyProgress:
        """How far a replay is; at its beginning where it has not copied anything.

        Raises:
            CheckpointError: its file cannot be read.
        """
        path = self._progress_file(generation)
        return _read(CopyProgress, path) if path.exists() else CopyProgress()

    @contextmanager
    def begun(self, plan: Plan, at_least: int) -> Iterator[Plan]:
        """Keep a new plan, and the replay for this process as long as the context.

        Args:
            plan: without its generation.
            at_least: the least generation that it may get: that of now, and more than that of any
                record which it copies.

        Yields:
            The plan with its generation, which is above that of every replay kept here.

        Raises:
            CheckpointError: the plan cannot be written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            generation = max(at_least, *(one + 1 for one in self.generations()), 1)
            while True:
                if generation > _LARGEST_GENERATION:
                    raise CheckpointError(f"generation {generation} is beyond what a version holds")
                with self._locked(generation) as is_ours:
                    found = plan.model_copy(update={"generation": generation})
                    # A second replay of the same second takes the next number.
                    if is_ours and _create(self.folder / f"{generation}.json", found):
                        yield found
                        return
                generation += 1
        except OSError as error:
            raise CheckpointError(f"{self.folder}: {error.strerror}") from error

    @contextmanager
    def unfinished(self) -> Iterator[Plan]:
        """The newest unfinished replay that no process is at, for this one alone.

        Raises:
            CheckpointError: there is none.
        """
        busy = 0
        for generation in reversed(self.generations()):
            if self.progress(generation).finished:
                continue
            with self._locked(generation) as is_ours:
                # Whoever held the lock until now may have finished it.
                if is_ours and not self.progress(generation).finished:
                    yield self.plan(generation)
                    return
                busy += not is_ours
        if busy:
            raise CheckpointError("another process is at the unfinished replay: nothing to resume")
        raise CheckpointError(f"no unfinished replay under {self.folder}: nothing to resume")

    def note(self, generation: int, progress: CopyProgress) -> None:
        """Replace how far a replay is; of finished ones the last 20 are kept.

        Raises:
            CheckpointError: it cannot be written.
        """
        path = self._progress_file(generation)
        try:
            # Not synced: what a loss of power takes of it is copied again, as the same rows.
            path.with_suffix(".new").write_text(progress.model_dump_json(), "utf-8")
            path.with_suffix(".new").replace(path)
        except OSError as error:
            raise CheckpointError(f"{path}: {error.strerror}") from error
        if progress.finished:
            self._forget_old()

    def _forget_old(self) -> None:
        finished = [one for one in self.generations() if self.progress(one).finished]
        for generation in finished[:-_KEPT]:
            for name in (f"{generation}.json", f"{generation}.progress.json", f"{generation}.lock"):
                (self.folder / name).unlink(missing_ok=True)

    def _progress_file(self, generation: int) -> Path:
        return self.folder / f"{generation}.progress.json"

    @contextmanager
    def _locked(self, generation: int) -> Iterator[bool]:
        """Whether the replay is this process's alone, as long as the context."""
        with (self.folder / f"{generation}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _create(path: Path, plan: Plan) -> bool:
    """Write a file that is not there yet, whole; False where it is there."""
    new = path.with_suffix(f".{os.getpid()}.new")
    try:
        with new.open("w", encoding="utf-8") as file:
            file.write(plan.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(new)
    except FileExistsError:
        return False
    finally:
        new.unlink(missing_ok=True)
    return True


def _read(model: type[Kept], path: Path) -> Kept:
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        raise CheckpointError(
            f"{path}: {describe_invalid('checkpoint', error)}: remove it, and begin anew"
        ) from None

"""The two sides of a comparison: kept results as a file, or an engine that is run now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from eval.comparing import Compared, check_comparable, compare_kept
from eval.errors import EvaluationError
from eval.found import Found
from eval.kept import Kept, read_kept
from eval.running import System
from eval.selection import Chosen, choose
from millrace.evaluation.scoring import kept, score_each
from millrace.settings.engines import EngineName

ENGINE_NAMES: tuple[str, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compared.

    Attributes:
        sides: each the name of an engine, or a file of kept results.
        corpora: only these; all that both sides have where none is named.
        split: None is that of the files, or test.
        folder: of the corpora.
        limit: only so many documents of each corpus.
    """

    sides: tuple[str, str]
    corpora: tuple[str, ...]
    split: str | None
    folder: Path
    limit: int | None


@dataclass(frozen=True, slots=True)
class Comparing:
    """Two sides that can be compared.

    Attributes:
        labels: what each is called.
        split: that both are of.
        chosen: the corpora, with the documents that both have.
        files: those sides that are kept results, by label.
        systems: those that are engines.
    """

    labels: tuple[str, str]
    split: str
    chosen: Sequence[Chosen]
    files: Mapping[str, Kept]
    systems: Mapping[str, System]

    @property
    def to_run(self) -> list[Chosen]:
        """What engines are sent: the corpora once for each of them."""
        return [*self.chosen] * len(self.systems)

    def results(self, on_found: Callable[[Found], None]) -> Iterator[Compared]:
        """Run the engines, and compare corpus by corpus.

        Args:
            on_found: is told of every document that an engine is done with.

        Raises:
            EvaluationError: a corpus is no longer what a file was made from.
            MillraceError: an engine cannot answer.
        """
        first, second = (
            self.files[label] if label in self.files else self._run(label, on_found)
            for label in self.labels
        )
        yield from compare_kept(first, second, self.chosen)

    def _run(self, label: str, on_found: Callable[[Found], None]) -> Kept:
        system = self.systems[label]
        corpora = {
            scored.chosen.corpus.name: {
                line.found.document_id: line for line in kept(system, self.split, scored)
            }
            for scored in score_each(system, self.chosen, on_found)
        }
        return Kept(label, self.split, corpora)


def compare_sides(asked: Asked, system: Callable[[str], System]) -> Comparing:
    """Bring two sides together; what can be known to fail does before an engine runs.

    Args:
        asked: what to compare.
        system: makes the system of an engine's name.

    Raises:
        EvaluationError: they cannot be compared.
        CorpusError: a corpus is not there or malformed.
    """
    labels = _labels(asked.sides)
    files = {
        label: replace(read_kept(Path(side)), system=label)
        for side, label in zip(asked.sides, labels, strict=True)
        if side not in ENGINE_NAMES
    }
    if len(files) == 2:
        check_comparable(*files.values())
    split = _split(asked, files)
    chosen = _chosen(asked, files, split)
    systems = {
        label: system(side)
        for side, label in zip(asked.sides, labels, strict=True)
        if label not in files
    }
    return Comparing(labels, split, chosen, files, systems)


def _labels(sides: tuple[str, str]) -> tuple[str, str]:
    first, second = sides
    if first == second:
        raise EvaluationError(f"{first} is compared with itself: name two")
    short = (Path(first).name, Path(second).name)
    return short if short[0] != short[1] else sides


def _split(asked: Asked, files: dict[str, Kept]) -> str:
    for label, one in files.items():
        if asked.split not in (None, one.split):
            raise EvaluationError(
                f"{label} was run on the split {one.split}, not {asked.split}: leave --split out"
            )
    return next((one.split for one in files.values()), asked.split or "test")


def _chosen(asked: Asked, files: dict[str, Kept], split: str) -> list[Chosen]:
    """The corpora that all files have, with the documents that all of them have."""
    for label, one in files.items():
        if absent := [name for name in asked.corpora if name not in one.corpora]:
            raise EvaluationError(
                f"{label} was not run on {absent[0]}: it has {', '.join(one.corpora)}"
            )
    names: Sequence[str] = asked.corpora
    if files and not names:
        first = next(iter(files.values()))
        names = [name for name in first.corpora if all(name in f.corpora for f in files.values())]
    chosen = choose(names, split, asked.folder)
    return [_limited(one, files, asked.limit) for one in chosen]


def _limited(chosen: Chosen, files: dict[str, Kept], limit: int | None) -> Chosen:
    documents = [
        one
        for one in chosen.documents
        if all(one.document_id in kept.corpora[chosen.corpus.name] for kept in files.values())
    ]
    return replace(chosen, documents=tuple(documents[:limit]))

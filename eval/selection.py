"""Which documents of which corpora are evaluated."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from eval.corpora.catalogue import CORPORA, Corpus
from eval.errors import EvaluationError
from eval.gold import GoldDocument
from eval.scoring.scope import Scope
from eval.splits import SPLITS, Part, documents

ALL_SPLITS = "all"
SPLIT_NAMES = (*SPLITS, ALL_SPLITS)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A corpus, and those of its documents that are evaluated, in its order."""

    corpus: Corpus
    documents: tuple[GoldDocument, ...]

    @property
    def scope(self) -> Scope:
        """What of the corpus is scored."""
        return self.corpus.scope


def choose(
    names: Sequence[str], split: str, folder: Path, limit: int | None = None
) -> list[Chosen]:
    """The documents to evaluate, by corpus.

    Args:
        names: of corpora; all that have documents in the split where none is named.
        split: one of ``SPLIT_NAMES``.
        folder: of the corpora.
        limit: only so many of each, the first ones.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
        EvaluationError: there is no such corpus, or nothing of it is in the split.
    """
    if unknown := [name for name in names if name not in CORPORA]:
        raise EvaluationError(f"no corpus {unknown[0]!r}; there are {', '.join(CORPORA)}")
    chosen = []
    for name in dict.fromkeys(names or CORPORA):
        found = _documents(name, split, folder, limit)
        if found:
            chosen.append(Chosen(CORPORA[name], found))
        elif names:
            raise EvaluationError(f"{name} has no documents in {split}: {_where(name, folder)}")
    return chosen


def _documents(
    name: str, split: str, folder: Path, limit: int | None = None
) -> tuple[GoldDocument, ...]:
    sides = tuple(side for side in SPLITS if split in (side, ALL_SPLITS))
    return tuple(islice(documents((Part(name, sides),), folder), limit))


def _where(name: str, folder: Path) -> str:
    have = [side for side in SPLITS if _documents(name, side, folder, 1)]
    return f"choose {' or '.join(have)}" if have else "it is empty"

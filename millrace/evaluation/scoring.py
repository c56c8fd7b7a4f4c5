"""Corpora sent through a system and scored, one after another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from eval.found import Found
from eval.kept import KeptDocument, digest
from eval.running import Passed, System, started
from eval.scoring.report import Report, report
from eval.selection import Chosen


@dataclass(frozen=True, slots=True)
class Scored:
    """A corpus, what was found in it, and what that is worth."""

    chosen: Chosen
    passed: Passed
    report: Report


def score_each(
    system: System, chosen: Sequence[Chosen], on_found: Callable[[Found], None]
) -> Iterator[Scored]:
    """Score a system on each corpus; its engine is started once.

    Args:
        system: what is measured.
        chosen: the corpora.
        on_found: is told of every document as it is done.

    Raises:
        EngineDeadError: the engine cannot answer any more.
        MillraceError: its server is away, or refuses for good.
    """
    with started(system, on_found) as send:
        for one in chosen:
            passed = send(one.documents)
            yield Scored(one, passed, report(system.name, one.documents, passed, one.scope))


def kept(system: System, split: str, scored: Scored) -> Iterator[KeptDocument]:
    """What is kept of a corpus: a line for each document."""
    for document, found in zip(scored.chosen.documents, scored.passed.found, strict=True):
        yield KeptDocument(
            system=system.name,
            profile=system.profile,
            corpus=document.corpus,
            split=split,
            text=digest(document),
            found=found,
        )

"""Two systems on the same documents: what both were given is compared, the rest is named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.errors import EvaluationError
from eval.found import Found
from eval.gold import GoldDocument
from eval.kept import Kept, KeptDocument, digest
from eval.running import Passed
from eval.scoring.report import Report, compared, report
from eval.scoring.significance import Comparison
from eval.selection import Chosen


@dataclass(frozen=True, slots=True)
class Compared:
    """Two systems on one corpus.

    Attributes:
        corpus: its name.
        documents: how many both were given.
        by_metric: how they compare.
        only_first: ids of documents that only the first was given.
        only_second: the same of the second.
    """

    corpus: str
    documents: int
    by_metric: Mapping[str, Comparison]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def check_comparable(first: Kept, second: Kept) -> None:
    """Refuse to compare what was run on different documents.

    Raises:
        EvaluationError: the splits differ, or no corpus is in both.
    """
    if first.split != second.split:
        raise EvaluationError(
            f"{first.system} was run on the split {first.split}, {second.system} on "
            f"{second.split}: run both on one"
        )
    if not set(first.corpora) & set(second.corpora):
        raise EvaluationError(
            f"{first.system} was run on {', '.join(first.corpora)}, {second.system} on "
            f"{', '.join(second.corpora)}: run both on one corpus"
        )


def compare_kept(first: Kept, second: Kept, chosen: Sequence[Chosen]) -> Iterator[Compared]:
    """Compare two systems, corpus by corpus.

    Args:
        first: what one found.
        second: what the other did, on the same split.
        chosen: the corpora that are in both, with all documents of the split.

    Raises:
        EvaluationError: a document is no longer as it was, or none is in both.
    """
    for one in chosen:
        name = one.corpus.name
        ours, theirs = first.corpora[name], second.corpora[name]
        both = [
            document
            for document in one.documents
            if document.document_id in ours.keys() & theirs.keys()
        ]
        if not both:
            raise EvaluationError(
                f"{name}: no document is in both: run both on the same ones (--limit cuts them)"
            )
        yield Compared(
            corpus=name,
            documents=len(both),
            by_metric=compared(
                _report(one, both, first.system, ours), _report(one, both, second.system, theirs)
            ),
            only_first=tuple(key for key in ours if key not in theirs),
            only_second=tuple(key for key in theirs if key not in ours),
        )


def _report(
    chosen: Chosen,
    documents: Sequence[GoldDocument],
    system: str,
    kept: Mapping[str, KeptDocument],
) -> Report:
    found = tuple(_found(document, system, kept[document.document_id]) for document in documents)
    return report(system, documents, Passed(found, 0.0, 0.0), chosen.scope)


def _found(document: GoldDocument, system: str, kept: KeptDocument) -> Found:
    if kept.text != digest(document):
        raise EvaluationError(
            f"{document.corpus}: the text of document {document.document_id} is not the one that "
            f"{system} was run on: run it again"
        )
    return kept.found


def as_json(one: Compared) -> dict[str, Any]:
    """A comparison for scripts; shares are from 0 to 1, None where they are not defined."""
    return {
        "corpus": one.corpus,
        "documents": one.documents,
        "metrics": {name: asdict(comparison) for name, comparison in one.by_metric.items()},
        "only_first": list(one.only_first),
        "only_second": list(one.only_second),
    }

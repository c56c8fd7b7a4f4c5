"""What was missed and what was wrong, sentence by sentence, for people to read.

Only metrics of which a mistake has a place in the text are here; of several that differ in how
strictly a place is compared, the one that forgives most.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from eval.gold import GoldDocument, Span
from eval.marked_sentences import Sentence, Sentences
from eval.scoring.judging import Judgement, Metric
from eval.scoring.report import Report

BROWSED = (
    "entities",
    "triggers by head",
    "event kinds",
    "participants by head",
    "participants with roles",
    "times",
    "time values",
    "event times",
    "event time values",
    "event places",
    "relations with kind",
    "clause relations",
)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class OfKind:
    """The mistakes of a metric in one kind: of the gold where missed, of the found where wrong.

    ``sentences`` are some of ``in_sentences``, evenly spread over the corpus.
    """

    kind: str
    missed: int
    wrong: int
    in_sentences: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class OfMetric:
    """The mistakes of a metric, by kind, the kind with most of them first.

    ``counts`` says what is right, after the metrics that it builds upon.
    """

    metric: str
    counts: str
    kinds: tuple[OfKind, ...]

    @property
    def missed(self) -> int:
        """How many were missed."""
        return sum(one.missed for one in self.kinds)

    @property
    def wrong(self) -> int:
        """How many were wrong."""
        return sum(one.wrong for one in self.kinds)


def mistakes(report: Report, documents: Sequence[GoldDocument], most: int) -> tuple[OfMetric, ...]:
    """The mistakes of a system on a corpus, by metric and kind.

    Args:
        report: the scores on these documents.
        documents: of the corpus.
        most: sentences to show of each kind.
    """
    texts = {document.document_id: Sentences.of(document) for document in documents}
    found, said = [], list[str]()
    for one in report.measured:
        metric = one.metric
        # "The same, and …" builds upon the metric before.
        said = [*(said if metric.counts.startswith("the same") else ()), _says(metric)]
        if metric.name in BROWSED:
            kinds = _kinds(one.judgements, texts, most)
            found.append(OfMetric(metric.name, "; ".join(said), kinds))
    return tuple(found)


def _says(metric: Metric) -> str:
    return f"{metric.name}: {metric.counts}"


def _kinds(
    judgements: Mapping[str, Judgement], texts: Mapping[str, "Sentences"], most: int
) -> tuple[OfKind, ...]:
    missed, wrong = Counter[str](), Counter[str]()
    places: dict[str, dict[tuple[str, Span], None]] = {}
    for document_id, judgement in judgements.items():
        missed.update(item.kind for item in judgement.missed)
        wrong.update(item.kind for item in judgement.wrong)
        for item in (*judgement.missed, *judgement.wrong):
            place = (document_id, texts[document_id].around(item))
            places.setdefault(item.kind, {})[place] = None
    kinds = [
        OfKind(
            kind,
            missed[kind],
            wrong[kind],
            len(of_kind),
            tuple(
                texts[document_id].sentence(place, judgements[document_id])
                for document_id, place in _spread(list(of_kind), most)
            ),
        )
        for kind, of_kind in places.items()
    ]
    return tuple(sorted(kinds, key=lambda one: (-one.missed - one.wrong, one.kind)))


def _spread(values: Sequence[_T], most: int) -> list[_T]:
    """So many of the values, evenly."""
    count = min(most, len(values))
    return [values[number * len(values) // count] for number in range(count)]

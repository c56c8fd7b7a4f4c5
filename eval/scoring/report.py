"""A system's scores on a corpus, and two systems compared."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from statistics import median
from typing import TypeVar

from eval.found import Found
from eval.gold import GoldDocument
from eval.running import Passed
from eval.scoring.calibration import Reliability, confidences, reliability
from eval.scoring.intervals import SAMPLES, SEED, Score, score
from eval.scoring.judging import Counts, Judgement, Metric
from eval.scoring.metrics import metrics
from eval.scoring.scope import Scope
from eval.scoring.significance import Comparison, compare

_Number = TypeVar("_Number", int, float)
# Whose confidences a corpus can judge, by their metric. Events and links have one; participants,
# times and places go with their event.
CALIBRATED = ("triggers by head", "relations with kind")


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric on a corpus.

    Attributes:
        metric: which.
        judgements: by document id, of those that have its layers.
        score: over all of them.
        kinds: counts by kind: of the gold where there is one, else of what was found.
    """

    metric: Metric
    judgements: Mapping[str, Judgement]
    score: Score
    kinds: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Speed:
    """What the documents took.

    Attributes:
        documents: how many they were.
        wall_s: seconds from the first to the last.
        cpu_s: seconds of CPU, of all threads.
        stage_ms: milliseconds of CPU by stage, the mean over documents.
        median_ms: milliseconds from a document's first stage to its last.
        prompt_tokens: of all prompts; None where no engine counted them, as with the next two.
        completion_tokens: of all answers.
        cost_usd: of all calls.
        refused: how many documents were refused, by what refused them.
    """

    documents: int
    wall_s: float
    cpu_s: float
    stage_ms: Mapping[str, float]
    median_ms: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    refused: Mapping[str, int]

    @property
    def documents_a_cpu_second(self) -> float | None:
        """How many documents a second of one core is enough for."""
        return self.documents / self.cpu_s if self.cpu_s else None


@dataclass(frozen=True, slots=True)
class Report:
    """A system's scores on one corpus."""

    system: str
    corpus: str
    measured: tuple[Measured, ...]
    speed: Speed
    calibration: Mapping[str, Reliability]

    def of(self, metric: str) -> Measured | None:
        """What was measured by a metric; None where the corpus lacks its layers."""
        return next((one for one in self.measured if one.metric.name == metric), None)


def report(system: str, documents: Sequence[GoldDocument], passed: Passed, scope: Scope) -> Report:
    """Score what was found in the documents of one corpus, in the same order.

    Raises:
        ValueError: something was found in other documents than these.
    """
    if [one.document_id for one in documents] != [one.document_id for one in passed.found]:
        raise ValueError("what was found belongs to other documents than those to score it on")
    pairs = list(zip(documents, passed.found, strict=True))
    measured = tuple(
        one for metric in metrics(scope) if (one := measure(metric, pairs)) is not None
    )
    return Report(
        system=system,
        corpus=documents[0].corpus if documents else "",
        measured=measured,
        speed=_speed(passed),
        calibration={
            one.metric.name: reliability(confidences(one.judgements.values()))
            for one in measured
            if one.metric.name in CALIBRATED
        },
    )


def measure(
    metric: Metric,
    pairs: Iterable[tuple[GoldDocument, Found]],
    samples: int = SAMPLES,
    seed: int = SEED,
) -> Measured | None:
    """One metric over documents; None where none of them has its layers."""
    judged = {
        document.document_id: judgement
        for document, found in pairs
        if (judgement := metric.judge(document, found)) is not None
    }
    if not judged:
        return None
    counts = [judgement.counts for judgement in judged.values()]
    return Measured(metric, judged, score(counts, samples, seed), _by_kind(judged.values()))


def _by_kind(judgements: Iterable[Judgement]) -> dict[str, Counts]:
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for judgement in judgements:
        right.update(pair.gold.kind for pair in judgement.right)
        wrong.update(item.kind for item in judgement.wrong)
        missed.update(item.kind for item in judgement.missed)
    kinds = sorted({*right, *wrong, *missed})
    return {kind: Counts(right[kind], wrong[kind], missed[kind]) for kind in kinds}


def _speed(passed: Passed) -> Speed:
    spent = [one.spent for one in passed.found]
    stage_ms: dict[str, float] = {}
    for one in spent:
        for stage, seconds in one.cpu_s.items():
            stage_ms[stage] = stage_ms.get(stage, 0.0) + seconds * 1000 / len(spent)
    return Speed(
        documents=len(spent),
        wall_s=passed.wall_s,
        cpu_s=passed.cpu_s,
        stage_ms=stage_ms,
        median_ms=median(one.wall_s * 1000 for one in spent) if spent else None,
        prompt_tokens=_sum(one.prompt_tokens for one in spent),
        completion_tokens=_sum(one.completion_tokens for one in spent),
        cost_usd=_sum(one.cost_usd for one in spent),
        refused=dict(Counter(one.refused for one in passed.found if one.refused)),
    )


def _sum(counted: Iterable[_Number | None]) -> _Number | None:
    """The sum of what is known; None where nothing is."""
    known = [one for one in counted if one is not None]
    return reduce(add, known) if known else None


def compared(first: Report, second: Report) -> dict[str, Comparison]:
    """Two systems on the same documents, by the metrics that both were measured by.

    Raises:
        ValueError: they were measured on other documents.
    """
    comparisons = {}
    for one in first.measured:
        other = second.of(one.metric.name)
        if other is None:
            continue
        if list(one.judgements) != list(other.judgements):
            raise ValueError(
                f"{first.system} and {second.system} were measured on different documents of "
                f"{first.corpus}: run both with the same corpus and split"
            )
        comparisons[one.metric.name] = compare(
            [judgement.counts for judgement in one.judgements.values()],
            [judgement.counts for judgement in other.judgements.values()],
            "precision" if one.metric.is_rate else "f1",
        )
    return comparisons

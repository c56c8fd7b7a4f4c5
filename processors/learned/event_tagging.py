"""Which words of an English sentence tell of an event, by the model of triggers."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from processors.learned.crf import Crf, Tagged
from processors.learned.event_features import sentence_features
from processors.learned.models import ModelFiles, english_models

TASK = "triggers"
# Labels: the first word of a trigger, its others, and words of none.
BEGINS, CONTINUES, OUTSIDE = "B", "I", "O"
# A word that is none is taken for one where the model is no surer of it than this: chosen on the
# development documents of EventStoryLine and on the half of MEANTIME that trains.
_DOUBT = 0.55
_MOST_KEPT = 256


class LearnedTrigger(NamedTuple):
    """Positions ``first`` to ``last`` of a sentence's words, and how probable an event is."""

    first: int
    last: int
    probability: float


class Read(NamedTuple):
    """A sentence: its triggers in order, and of every word how probable an event is."""

    triggers: tuple[LearnedTrigger, ...]
    probabilities: tuple[float, ...]


class TriggerTagger:
    """Finds triggers with one model. What it read last it keeps, for each level reads again."""

    def __init__(self, crf: Crf) -> None:
        self._crf = crf
        self._kept: dict[tuple[str, ...], Read] = {}

    def read(self, words: Sequence[str]) -> Read:
        """The triggers of one sentence.

        Args:
            words: as they stand in the text; time grows with their number alone.
        """
        key = tuple(words)
        found = self._kept.get(key)
        if found is None:
            found = self._read(key)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = found
        return found

    def _read(self, words: tuple[str, ...]) -> Read:
        tagged = self._crf.tag(sentence_features(words))
        probabilities = tuple(map(_probability, tagged))
        triggers = (
            LearnedTrigger(first, last, max(probabilities[first : last + 1]))
            for first, last in _runs([_label(one) for one in tagged])
        )
        return Read(tuple(triggers), probabilities)


@cache
def trigger_tagger(models: ModelFiles | None = None) -> TriggerTagger:
    """The tagger of a folder's model, those that come with millrace by default; loaded once.

    Raises:
        ModelFileError: the model is missing or damaged.
    """
    return TriggerTagger(Crf((models or english_models()).load(TASK)))


def _probability(tagged: Tagged) -> float:
    """That a word belongs to a trigger; as far as its own label tells."""
    return tagged.probability if tagged.label != OUTSIDE else 1 - tagged.probability


def _label(tagged: Tagged) -> str:
    if tagged.label == OUTSIDE and tagged.probability < _DOUBT:
        return BEGINS
    return tagged.label


def _runs(labels: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last positions of each trigger; one that nothing begins is begun all the same."""
    starts = [
        at
        for at, (before, label) in enumerate(pairwise([OUTSIDE, *labels]))
        if label == BEGINS or (label == CONTINUES and before == OUTSIDE)
    ]
    for first in starts:
        last = first
        while last + 1 < len(labels) and labels[last + 1] == CONTINUES:
            last += 1
        yield first, last

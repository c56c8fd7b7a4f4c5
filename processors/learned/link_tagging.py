"""Which events of an English sentence lead to which, by the model of links."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from processors.learned.link_features import Telling, candidates, link_features, repeated
from processors.learned.maxent import WEIGHTS, Maxent
from processors.learned.models import ModelFiles, english_models

TASK = "links"
# Labels of two events: the one told first leads to the other, the other to it, neither.
FORWARD, BACKWARD, NEITHER = "F", "B", "O"
# A link is one where the model gives it this much: chosen for F1 on the development documents of
# EventStoryLine by a model of the training ones; cross-validation over both says nearly the same.
# One pair of six is linked there.
_LEAST_PROBABLE = 0.2


class LearnedLink(NamedTuple):
    """Trigger ``source`` leads to trigger ``target``, by their numbers in the sentence.

    ``probability`` is that of a link in this direction.
    """

    source: int
    target: int
    probability: float


class LinkTagger:
    """Finds links with one model."""

    def __init__(self, model: Maxent) -> None:
        self._model = model

    def links(self, tellings: Sequence[Telling]) -> Iterator[tuple[Telling, list[LearnedLink]]]:
        """The links in each sentence of a document, in order; time grows with its events alone."""
        often = repeated(tellings)
        for telling in tellings:
            pairs = candidates(telling)
            found = []
            # A pair's label depends on no other's: a sentence's pairs are asked together.
            for pair, shares in zip(
                pairs, self._model.shares(link_features(telling, pairs, often)), strict=True
            ):
                forward, backward = shares.get(FORWARD, 0.0), shares.get(BACKWARD, 0.0)
                if forward + backward >= _LEAST_PROBABLE:
                    ends = (telling.numbers[pair.first], telling.numbers[pair.second])
                    source, target = ends if forward >= backward else ends[::-1]
                    found.append(LearnedLink(source, target, max(forward, backward)))
            yield telling, found


@cache
def link_tagger(models: ModelFiles | None = None) -> LinkTagger:
    """The tagger of a folder's model, those that come with millrace by default; loaded once.

    Raises:
        ModelFileError: the model is missing or damaged.
    """
    return LinkTagger(Maxent.from_bytes((models or english_models()).load(TASK, WEIGHTS)))

"""Who and what takes part in an event, and where it is, by the models of participants."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from processors.learned.maxent import WEIGHTS, Maxent
from processors.learned.models import ModelFiles, english_models
from processors.learned.participant_features import SentencePairs, cut_features
from processors.learned.participant_phrases import Candidate, Cut, candidates
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger

TASK = "participants"
# The second file: which cut of a phrase is meant.
CUTS = "cuts"
# What a phrase is to an event: who does it, what it is done to, another part, its place, nothing.
DOER, UNDERGOER, OTHERWISE, PLACE, NONE = "A", "P", "O", "L", "-"
MEANT, NOT_MEANT = "1", "0"
# How probable a part must be; chosen by cross-validation over the half of MEANTIME that trains.
_LEAST = 0.25
_LEAST_PLACE = 0.2
_SURELY_NONE = 0.97


@dataclass(frozen=True, slots=True)
class Participant:
    """A phrase that takes part: tokens ``first`` to ``last``, and its head word's position.

    ``part`` is ``DOER``, ``UNDERGOER`` or ``OTHERWISE``; ``probability`` that of taking part.
    """

    first: int
    last: int
    head: int
    part: str
    probability: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to one event: participants in the order of the text, and its place.

    ``shares`` are, by the heads of all phrases near it, how probable each part is.
    """

    participants: tuple[Participant, ...] = ()
    place: Cut | None = None
    shares: tuple[tuple[int, Mapping[str, float]], ...] = ()

    def probability(self, first: int, last: int) -> float:
        """That a phrase with its head in ``first`` to ``last`` takes part; 0 where none has."""
        return max((_takes_part(one) for one in self._between(first, last)), default=0.0)

    def place_probability(self, first: int, last: int) -> float:
        """The same of being the event's place."""
        return max((one.get(PLACE, 0.0) for one in self._between(first, last)), default=0.0)

    def _between(self, first: int, last: int) -> Iterator[Mapping[str, float]]:
        return (one for head, one in self.shares if first <= head <= last)


class ParticipantChooser:
    """Reads sentences with two models: of pairs of event and phrase, and of a phrase's cuts."""

    def __init__(self, pairs: Maxent, cuts: Maxent) -> None:
        self._pairs = pairs
        self._cuts = cuts

    def read(self, sentence: Sentence, triggers: Sequence[Trigger]) -> list[Parts]:
        """What belongs to each of a sentence's events, in their order.

        Args:
            sentence: with its mentions.
            triggers: its events, in order.
        """
        found = candidates(sentence, triggers) if triggers else []
        pairs = SentencePairs(sentence, triggers, found)
        places = list(pairs.near())
        features = [pairs.features(*one) for one in places]
        read = self._pairs.shares(features)
        by_event: list[list[tuple[int, dict[str, float]]]] = [[] for _ in triggers]
        for (place, number), shares in zip(places, read, strict=True):
            if shares.get(NONE, 0.0) < _SURELY_NONE:
                by_event[place].append((number, shares))
        chosen: dict[int, Cut] = {}

        def cut(number: int) -> Cut:
            if number not in chosen:
                chosen[number] = self._cut(sentence, found[number])
            return chosen[number]

        return [
            _parts(found, shares, cut, 1.0 if one.probability is None else one.probability)
            for one, shares in zip(triggers, by_event, strict=True)
        ]

    def _cut(self, sentence: Sentence, candidate: Candidate) -> Cut:
        if len(candidate.cuts) == 1:
            return candidate.cuts[0]
        shares = self._cuts.shares(
            [cut_features(sentence, candidate, one) for one in candidate.cuts]
        )
        best = max(range(len(shares)), key=lambda place: (shares[place].get(MEANT, 0.0), -place))
        return candidate.cuts[best]


@cache
def participant_chooser(models: ModelFiles | None = None) -> ParticipantChooser:
    """The chooser of a folder's models, those that come with millrace by default; loaded once.

    Raises:
        ModelFileError: a model is missing or damaged.
    """
    files = models or english_models()
    return ParticipantChooser(
        Maxent.from_bytes(files.load(TASK, WEIGHTS)), Maxent.from_bytes(files.load(TASK, CUTS))
    )


def _parts(
    found: Sequence[Candidate],
    shares: Sequence[tuple[int, dict[str, float]]],
    cut: Callable[[int], Cut],
    certainty: float,
) -> Parts:
    """The likeliest phrases, no two of which share a word; a place may be one of them.

    The less certain the event is itself, the surer its parts must be.
    """
    ranked = sorted(
        ((_takes_part(share), -number, share) for number, share in shares),
        key=lambda one: one[:2],
        reverse=True,
    )
    taken: list[Participant] = []
    for probability, number, share in ranked:
        if probability * certainty < _LEAST:
            break
        words = cut(-number)
        if all(words.last < one.first or one.last < words.first for one in taken):
            part = max((DOER, UNDERGOER, OTHERWISE), key=lambda label: share.get(label, 0.0))
            head = found[-number].head
            taken.append(Participant(words.first, words.last, head, part, probability))
    taken.sort(key=lambda one: one.first)
    where = max(shares, key=lambda one: one[1].get(PLACE, 0.0), default=None)
    is_placed = where is not None and where[1].get(PLACE, 0.0) * certainty >= _LEAST_PLACE
    return Parts(
        participants=tuple(taken),
        place=cut(where[0]) if where is not None and is_placed else None,
        shares=tuple((found[number].head, share) for number, share in shares),
    )


def _takes_part(shares: Mapping[str, float]) -> float:
    return sum(shares.get(label, 0.0) for label in (DOER, UNDERGOER, OTHERWISE))

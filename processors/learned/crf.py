"""A conditional random field: labels of the tokens of a sentence, and how sure each is."""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple

import pycrfsuite

# Time grows with a sentence's length, and so does memory: no sentence of prose is this long.
MAX_TOKENS = 400


class Tagged(NamedTuple):
    """The label of a token, and the marginal probability of that label."""

    label: str
    probability: float


class Crf:
    """A trained model in memory. Threads may share it: they are served one after another."""

    def __init__(self, model: bytes) -> None:
        """Open a model.

        Args:
            model: as ``ModelFiles.load`` gives it, so that it is whole.
        """
        self._model = model  # the library keeps no copy
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)
        self._lock = Lock()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the model knows, sorted."""
        return tuple(sorted(self._tagger.labels()))

    def tag(self, features: Sequence[Sequence[str]]) -> list[Tagged]:
        """The likeliest labels of a sentence, one for each of its tokens.

        Args:
            features: of each token. Over ``MAX_TOKENS`` of them are tagged in pieces.
        """
        return [
            tagged
            for start in range(0, len(features), MAX_TOKENS)
            for tagged in self._piece(features[start : start + MAX_TOKENS])
        ]

    def _piece(self, features: Sequence[Sequence[str]]) -> Iterator[Tagged]:
        with self._lock:
            self._tagger.set(features)
            labels = self._tagger.tag()
            marginal = self._tagger.marginal
            tagged = [Tagged(label, marginal(label, at)) for at, label in enumerate(labels)]
        yield from tagged

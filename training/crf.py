"""Trains conditional random fields by L-BFGS: the same bytes from the same sequences."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pycrfsuite


class Labelled(NamedTuple):
    """What holds of each item of a sequence, and the label of each."""

    features: Sequence[Sequence[str]]
    labels: Sequence[str]


def fitted(sequences: Iterable[Labelled], parameters: Mapping[str, float | bool]) -> bytes:
    """A model of labelled sequences, as ``processors.learned.crf.Crf`` reads it.

    Args:
        sequences: of at least two labels.
        parameters: of the trainer.
    """
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", params=dict(parameters), verbose=False)
    for sequence in sequences:
        trainer.append(sequence.features, sequence.labels)
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.crf"
        trainer.train(str(file))
        return file.read_bytes()


def state_weights(model: bytes) -> dict[tuple[str, str], float]:
    """What each feature says for each label, of a model that ``fitted`` made."""
    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(model)
    weights: dict[tuple[str, str], float] = tagger.info().state_features
    tagger.close()
    return weights

"""Models of single items: maximum entropy, which is a conditional random field over one item."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pycrfsuite

from processors.learned.maxent import to_bytes

_DECIMALS = 4


class Item(NamedTuple):
    """What holds of an item, and its label."""

    features: Sequence[str]
    label: str


def fitted(items: Iterable[Item], parameters: Mapping[str, float]) -> bytes:
    """A model of labelled items, the same bytes from the same ones, by L-BFGS.

    Args:
        items: of at least two labels.
        parameters: of the trainer.
    """
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", params=dict(parameters), verbose=False)
    for item in items:
        trainer.append([item.features], [item.label])
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.crf"
        trainer.train(str(file))
        tagger = pycrfsuite.Tagger()
        tagger.open(str(file))
        learned = tagger.info().state_features
        labels = sorted(tagger.labels())
        tagger.close()
    features = sorted({feature for feature, _ in learned})
    weights = [
        [round(learned.get((feature, label), 0.0), _DECIMALS) for label in labels]
        for feature in features
    ]
    kept = [row for row, of_label in enumerate(weights) if any(of_label)]
    return to_bytes(labels, [features[row] for row in kept], [weights[row] for row in kept])

"""Models of single items: maximum entropy, which is a conditional random field over one item."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.gold import GoldDocument
from eval.splits import Part, documents
from processors.learned.maxent import to_bytes
from training import crf

_DECIMALS = 4


class Item(NamedTuple):
    """What holds of an item, and its label."""

    features: Sequence[str]
    label: str


def trained(
    items_of: Callable[[GoldDocument], Iterable[Item]],
    parts: tuple[Part, ...],
    parameters: Mapping[str, float],
    folder: Path | None,
) -> bytes:
    """A model of the items of documents: nothing in it is left to chance.

    Args:
        items_of: what a document teaches.
        parts: of corpora.
        parameters: of the trainer.
        folder: of the corpora.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
    """
    learned = documents(parts, folder)
    return fitted((item for document in learned for item in items_of(document)), parameters)


def fitted(items: Iterable[Item], parameters: Mapping[str, float]) -> bytes:
    """A model of labelled items, the same bytes from the same ones, by L-BFGS.

    Args:
        items: of at least two labels.
        parameters: of the trainer.
    """
    model = crf.fitted((crf.Labelled([one.features], [one.label]) for one in items), parameters)
    learned = crf.state_weights(model)
    labels = sorted({label for _, label in learned})
    features = sorted({feature for feature, _ in learned})
    weights = [
        [round(learned.get((feature, label), 0.0), _DECIMALS) for label in labels]
        for feature in features
    ]
    kept = [row for row, of_label in enumerate(weights) if any(of_label)]
    return to_bytes(labels, [features[row] for row in kept], [weights[row] for row in kept])

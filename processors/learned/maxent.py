"""A maximum entropy model: how probable each label is of items that stand alone.

The weights of an item's features are added up for each label, and made probabilities by softmax.
Many items are looked at together, which takes a fraction of the time of one after the other.
"""

import json
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = "weights"


class Maxent:
    """A trained model in memory; it is only read, so that threads may share it."""

    def __init__(
        self, labels: Sequence[str], features: Sequence[str], weights: Sequence[Sequence[float]]
    ) -> None:
        """A model of ``weights``: a row for each feature, in each a number for each label."""
        # Where a model is asked: most processes of a pipeline never do, and it is slow to import.
        import numpy as np

        self.labels = tuple(labels)
        # Row 0 is that of features which it does not know.
        self._rows = {feature: row for row, feature in enumerate(features, 1)}
        self._weights: NDArray[np.float32] = np.zeros(
            (len(features) + 1, len(labels)), dtype=np.float32
        )
        if features:
            self._weights[1:] = weights

    @classmethod
    def from_bytes(cls, content: bytes) -> "Maxent":
        """A model as ``to_bytes`` wrote it, and ``ModelFiles.load`` gives it: it is whole."""
        return cls(**json.loads(zlib.decompress(content)))

    def shares(self, items: Sequence[Sequence[str]]) -> list[dict[str, float]]:
        """The probability of every label, for each item.

        Args:
            items: of each its features, at least one; those that the model does not know say
                nothing.
        """
        import numpy as np

        if not items:
            return []
        row = self._rows.get
        rows = [row(feature, 0) for features in items for feature in features]
        starts = np.cumsum([0, *map(len, items[:-1])])
        sums = np.add.reduceat(self._weights[rows], starts, axis=0)
        grown = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares = (grown / grown.sum(axis=1, keepdims=True)).tolist()
        return [dict(zip(self.labels, one, strict=True)) for one in shares]


def to_bytes(
    labels: Sequence[str], features: Sequence[str], weights: Sequence[Sequence[float]]
) -> bytes:
    """The file of a model: the same bytes for the same numbers."""
    content = {"labels": labels, "features": features, "weights": weights}
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)

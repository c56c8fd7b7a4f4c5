"""Clusters of words that are used alike, counted in the texts of the corpora alone.

Each word is described by the words beside it (positive pointwise mutual information, contexts
smoothed as in Levy, Goldberg and Dagan 2015), brought down to a few dimensions, and put into
clusters by k-means.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from sklearn.utils.extmath import randomized_svd

_FEWEST = 4
_CONTEXTS = 3_000
_OFFSETS = ((-1, 0), (1, 1), (-2, 2), (2, 3))
_SMOOTHING = 0.75
_DIMENSIONS = 80
_SIZES = (64, 256, 800)


def word_clusters(sentences: Iterable[Sequence[str]], seed: int) -> dict[str, list[int]]:
    """The clusters of each word that is there often enough: in few large ones, in more, in many.

    Args:
        sentences: words as ``normal`` writes them.
        seed: the same one gives the same clusters on the same machine.
    """
    bordered = [["<s>", *sentence, "</s>"] for sentence in sentences]
    counts = Counter(word for sentence in bordered for word in sentence)
    frequent = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
    words = [word for word, count in frequent if count >= _FEWEST]
    if not words:
        return {}
    vectors = _vectors(bordered, words, seed)
    clusters: dict[str, list[int]] = {word: [] for word in words}
    for size in _SIZES:
        means = MiniBatchKMeans(
            min(size, len(words)), random_state=seed, n_init=3, batch_size=4096, max_iter=60
        )
        for word, cluster in zip(words, means.fit(vectors).labels_, strict=True):
            clusters[word].append(int(cluster))
    return clusters


def _vectors(
    sentences: Iterable[Sequence[str]], words: Sequence[str], seed: int
) -> NDArray[np.float64]:
    rows = {word: row for row, word in enumerate(words)}
    contexts = {word: column for column, word in enumerate(words[:_CONTEXTS])}
    width = len(contexts) + 1
    at_rows: list[int] = []
    at_columns: list[int] = []
    for sentence in sentences:
        columns = [contexts.get(word, width - 1) for word in sentence]
        for at, word in enumerate(sentence):
            if word not in rows:
                continue
            for offset, block in _OFFSETS:
                if 0 <= at + offset < len(sentence):
                    at_rows.append(rows[word])
                    at_columns.append(block * width + columns[at + offset])
    shape = (len(words), len(_OFFSETS) * width)
    ones = np.ones(len(at_rows))
    together = sparse.coo_matrix((ones, (at_rows, at_columns)), shape=shape).tocsr()
    by_word = np.asarray(together.sum(1)).ravel()
    by_context = np.asarray(together.sum(0)).ravel()
    total = by_context.sum()
    entries = together.tocoo()
    expected = by_word[entries.row] * by_context[entries.col] ** _SMOOTHING
    expected *= total ** (1 - _SMOOTHING)
    information = np.log(entries.data * total / (expected + 1e-9))
    positive = information > 0
    matrix = sparse.csr_matrix(
        (information[positive], (entries.row[positive], entries.col[positive])), shape=shape
    )
    dimensions = min(_DIMENSIONS, *matrix.shape)
    left, strengths, _ = randomized_svd(matrix, n_components=dimensions, random_state=seed)
    vectors: NDArray[np.float64] = left * np.sqrt(strengths)
    lengths: NDArray[np.float64] = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / (lengths + 1e-9)

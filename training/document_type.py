"""Trains the model that tells which bundled profile a document without one fits.

News are articles of corpora, mails those released under freedom of information; what is neither is
an encyclopaedia's, a guide's, a court's, a scholar's. Most mails are learned from twice: as they
are, and without header lines, which most mails that reach a pipeline have lost.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from eval.corpora.folder import data_folder, require
from eval.splits import Part, Split, documents
from processors.correspondence.own_words import left_out
from processors.learned.document_features import document_features
from processors.learned.document_typing import EMAIL, NEUTRAL, NEWS, TASK, DocumentTyper
from processors.learned.maxent import Maxent
from training import items
from training.items import Item

__all__ = ["MAILS", "PARAMETERS", "PARTS", "TASK", "scores", "train"]

_LEARNED: tuple[Split, ...] = ("train", "dev")
_NEWS = ("eventstoryline", "ecbplus", "meantime")
PARTS = (
    *(Part(name, _LEARNED) for name in _NEWS),
    Part("gum", _LEARNED),
    Part("wikigold", _LEARNED),
)
# Of the load corpus: every so many-th of a file's mails. Nothing of them is in the model but how
# often header names, greetings and words of grammar are met.
MAILS = "load/foia_emails_00.jsonl.gz"
_EVERY = 4
_SHORTEST = 200
# Long documents of the smaller corpora are learned from in pieces, so that there are enough.
_PIECE = 1_500
_FOLDS = 5
PARAMETERS = {"c1": 0.5, "c2": 0.5, "max_iterations": 200, "feature.minfreq": 20}


class Sample(NamedTuple):
    """A text, the profile that it should get, and what no two folds share: topic or document."""

    profile: str
    group: str
    text: str


def train(folder: Path | None = None) -> bytes:
    """The model, the same bytes from the same documents: nothing in it is left to chance.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
    """
    return fitted(samples(folder))


def fitted(learned: Iterable[Sample]) -> bytes:
    """A model of texts with their profiles."""
    return items.fitted(
        (Item(document_features(sample.text), sample.profile) for sample in learned), PARAMETERS
    )


def samples(folder: Path | None = None) -> Iterator[Sample]:
    """All texts to learn from.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
    """
    for document in documents(PARTS, folder):
        is_news = document.corpus in _NEWS or "_news_" in document.document_id
        profile = NEWS if is_news else NEUTRAL
        pieces = _pieces(document.text) if document.corpus not in _NEWS else [document.text]
        group = f"{document.corpus.replace('ecbplus', 'eventstoryline')}/{document.topic}"
        yield from (Sample(profile, group, piece) for piece in pieces if len(piece) >= _SHORTEST)
    yield from _mails(require(data_folder(folder), MAILS))


def _pieces(text: str) -> list[str]:
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def _mails(file: Path) -> Iterator[Sample]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % _EVERY:
                continue
            text = json.loads(line)["text"]
            yield Sample(EMAIL, f"mail/{number}", text)
            body = text
            for stretch in reversed(left_out(text)):
                body = body[: stretch.start] + body[stretch.end :]
            if len(body.strip()) >= _SHORTEST:
                yield Sample(EMAIL, f"mail/{number}", body.strip())


def scores(_models: Path, folder: Path | None) -> list[str]:
    """Lines for the card: accuracy by cross-validation over topics and documents."""
    return list(cross_validated(tuple(samples(folder))))


def cross_validated(learned: Sequence[Sample]) -> Iterator[str]:
    """How often texts get their profile from a model of the other folds."""
    right: dict[str, int] = defaultdict(int)
    sure: dict[str, int] = defaultdict(int)
    surely_right: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for fold in range(_FOLDS):
        typer = DocumentTyper(
            Maxent.from_bytes(fitted(one for one in learned if _fold(one) != fold))
        )
        for one in learned:
            if _fold(one) != fold:
                continue
            found = typer.type_of(one.text)
            total[one.profile] += 1
            right[one.profile] += found.profile == one.profile
            if found.probability >= _SURE and found.profile != NEUTRAL:
                sure[found.profile] += 1
                surely_right[found.profile] += found.profile == one.profile
    yield f"Cross-validation ({_FOLDS} folds by topic): {_shares(right, total)}."
    yield f"Of those with a confidence of {_SURE}, right: {_shares(surely_right, sure)}."


_SURE = 0.9


def _fold(sample: Sample) -> int:
    return sha256(sample.group.encode()).digest()[0] % _FOLDS


def _shares(part: Mapping[str, int], whole: Mapping[str, int]) -> str:
    of_each = ", ".join(f"{name} {part[name]} of {whole[name]}" for name in sorted(whole))
    return f"{sum(part.values()) / (sum(whole.values()) or 1):.1%} ({of_each})"

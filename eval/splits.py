"""Which documents train, which tune, which test: fixed, by topic.

A split is decided by a hash of the topic alone, so it needs no list, is the same on every machine,
and does not change when documents are added. No topic is on two sides. Documents without a topic
are their own.

- **EventStoryLine and ECB+ share 16 topics and all 189 documents of EventStoryLine**: a topic is on
  one side in both. Six of the 16 test, eight train, as nearly as the issue's 9 and 13 of 22.
- The other 21 topics of ECB+ are read by no test of ours: nearly all of them train.
- **MEANTIME** has two topics here, so its halves are Airbus (trains) and Apple (tests). It has no
  documents for development: tune what it alone has (participants, roles, places) by
  cross-validation over the documents of the half that trains.
- **wikigold and GUM**: 15 % of documents test, 10 % are for development; the same of the articles
  of the **Causal News Corpus**. Of **re3d**, which is small, 30 % test.
- **WNUT 17**: its tweets train, its comments are for development.
- **uner_ewt_dev and FIN5** test as a whole.

Documents, and topics where they are more than one document:

| corpus | train | dev | test |
|---|---|---|---|
| meantime | 30 (1) | 0 | 30 (1) |
| eventstoryline | 89 (8) | 25 (2) | 75 (6) |
| ecbplus | 473 (22) | 116 (5) | 261 (10) |
| gum | 69 | 11 | 16 |
| re3d | 40 | 5 | 18 |
| causal_news | 1216 (1162) | 168 (164) | 240 (232) |
| wikigold | 110 | 15 | 20 |
| wnut17 | 3394 | 1009 | 0 |
| sec_fin5 | 0 | 0 | 5 |
| uner_ewt_dev | 0 | 0 | 318 |
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from eval.corpora.catalogue import read
from eval.corpora.wnut17 import TRAINING
from eval.gold import GoldDocument

Split = Literal["train", "dev", "test"]

SPLITS: tuple[Split, ...] = ("train", "dev", "test")

# Here, of the 22 that there are; a test holds this to the files.
EVENTSTORYLINE_TOPICS = frozenset(
    map(str, (1, 3, 4, 5, 8, 13, 14, 18, 20, 23, 24, 30, 33, 35, 37, 41))
)


class _Shares(NamedTuple):
    """How much of a family of topics tests and is for development; the rest trains."""

    test: float
    dev: float


_BY_DOCUMENT = _Shares(test=0.15, dev=0.10)
_SHARES: Mapping[str, _Shares] = {
    "eventstoryline": _Shares(test=0.35, dev=0.15),
    "ecbplus": _Shares(test=0.05, dev=0.05),
    "meantime": _Shares(test=0.5, dev=0.0),
    "re3d": _Shares(test=0.30, dev=0.10),
    "sec_fin5": _Shares(test=1.0, dev=0.0),
    "uner_ewt_dev": _Shares(test=1.0, dev=0.0),
}


def split_of(corpus: str, topic: str) -> Split:
    """The side that a topic of a corpus is on."""
    if corpus == "wnut17":
        return "train" if topic.startswith(TRAINING) else "dev"
    family = _family(corpus, topic)
    shares = _SHARES.get(family, _BY_DOCUMENT)
    at = _place(family, topic)
    if at < shares.test:
        return "test"
    return "dev" if at < shares.test + shares.dev else "train"


def _family(corpus: str, topic: str) -> str:
    """Corpora that share topics share the name under which they are hashed."""
    if corpus in ("ecbplus", "eventstoryline"):
        return "eventstoryline" if topic in EVENTSTORYLINE_TOPICS else "ecbplus"
    return corpus


def _place(family: str, topic: str) -> float:
    """Where a topic lies between 0 and 1, evenly."""
    digest = sha256(f"{family}/{topic}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


@dataclass(frozen=True, slots=True)
class Part:
    """The documents of a corpus that are on any of these sides."""

    corpus: str
    splits: tuple[Split, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What trains and what tests for a number of the issue.

    Attributes:
        name: what reports call it.
        layer: what is trained and tested.
        train: earlier parts come first: of a text that is in two of them, the first one's gold
            counts.
        test: no topic of it is in ``train``.
    """

    name: str
    layer: str
    train: tuple[Part, ...]
    test: tuple[Part, ...]


_LEARNED: tuple[Split, ...] = ("train", "dev")
_HELD: tuple[Split, ...] = ("test",)
_NAMES = (Part("wikigold", _LEARNED), Part("wnut17", _LEARNED))
_STORIES = Part("eventstoryline", _LEARNED)
_ECB = Part("ecbplus", _LEARNED)
_HALF = Part("meantime", _LEARNED)
_TEST_STORIES = (Part("eventstoryline", _HELD),)
_OTHER_HALF = (Part("meantime", _HELD),)

# "Guideline unknown": nothing of the corpus that tests has trained. For EventStoryLine ECB+ stays,
# whose guideline is its own's origin; "all foreign" is without it, too.
ROWS: tuple[Row, ...] = (
    Row("names, wikigold", "entities", _NAMES, (Part("wikigold", _HELD),)),
    Row("names, uner_ewt_dev", "entities", _NAMES, (Part("uner_ewt_dev", _HELD),)),
    Row("triggers, meantime", "events", (_STORIES, _ECB, _HALF), _OTHER_HALF),
    Row("triggers, eventstoryline", "events", (_STORIES, _ECB, _HALF), _TEST_STORIES),
    Row("triggers, meantime, guideline unknown", "events", (_STORIES, _ECB), _OTHER_HALF),
    Row("triggers, eventstoryline, guideline unknown", "events", (_ECB, _HALF), _TEST_STORIES),
    Row("triggers, eventstoryline, all foreign", "events", (_HALF,), _TEST_STORIES),
    Row("participants, meantime", "arguments", (_HALF,), _OTHER_HALF),
    Row("event times, eventstoryline", "event times", (_STORIES,), _TEST_STORIES),
    Row("relations, eventstoryline", "relations", (_STORIES,), _TEST_STORIES),
    Row(
        "causes, causal_news",
        "clause relations",
        (Part("causal_news", _LEARNED),),
        (Part("causal_news", _HELD),),
    ),
)


def documents(parts: tuple[Part, ...], folder: Path | None = None) -> Iterator[GoldDocument]:
    """The documents of several parts, each text once: that of the part that comes first.

    Args:
        parts: of which corpora, and which sides of them.
        folder: of the corpora, as in ``read``.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
    """
    texts: set[str] = set()
    for part in parts:
        for document in read(part.corpus, folder):
            is_chosen = split_of(document.corpus, document.topic) in part.splits
            if is_chosen and document.text not in texts:
                texts.add(document.text)
                yield document

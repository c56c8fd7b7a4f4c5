"""Floors under the local engine's scores, on a fixed part of the corpora that takes seconds.

They lie a little below what was measured, so that a change which makes the engine worse is noticed
here. Raise them when the engine gets better; `millrace eval` measures the whole.
"""

from collections.abc import Mapping
from functools import cache

import pytest

from eval.corpora.folder import data_folder
from eval.running import local_system, send_all
from eval.scoring.report import Report, report
from eval.selection import choose

# Corpus -> metric -> F1 in percent, of the first documents of its test split.
DOCUMENTS = 12
FLOORS: Mapping[str, Mapping[str, float]] = {
    "meantime": {
        "entities": 66,
        "triggers": 76,
        "triggers by head": 79,
        "participants": 42,
        "participants by head": 50,
        "time values": 90,
        "event time values": 19,
    },
    "eventstoryline": {
        "entities": 43,
        "triggers": 68,
        "triggers by head": 71,
        "time values": 53,
        "event times": 27,
        "relations": 14,
    },
    "wikigold": {"entities": 65, "entity spans": 72},
    "uner_ewt_dev": {"entities": 48, "entity spans": 71},
}


def require_corpora() -> None:
    """Skip the test, plainly, where the corpora are not there."""
    if not data_folder().is_dir():
        pytest.skip(f"no corpora at {data_folder()}")


@cache
def scored(corpus: str) -> Report:
    require_corpora()
    (chosen,) = choose([corpus], "test", data_folder(), DOCUMENTS)
    assert len(chosen.documents) == DOCUMENTS
    passed = send_all(local_system(), chosen.documents)
    return report("local", chosen.documents, passed, chosen.scope)


@pytest.mark.parametrize(
    ("corpus", "metric", "floor"),
    [(corpus, *one) for corpus, floors in FLOORS.items() for one in floors.items()],
)
def test_a_score_is_not_below_its_floor(corpus: str, metric: str, floor: float) -> None:
    measured = scored(corpus).of(metric)

    assert measured is not None
    f1 = measured.score.f1.value
    assert f1 is not None
    assert f1 * 100 >= floor


@pytest.mark.parametrize("corpus", FLOORS)
@pytest.mark.parametrize("rate", ["offsets", "not invented"])
def test_every_offset_quotes_its_words_and_nothing_is_invented(corpus: str, rate: str) -> None:
    measured = scored(corpus).of(rate)

    assert measured is not None
    assert measured.score.counts.right > 0
    assert measured.score.counts.wrong == 0


@pytest.mark.parametrize("corpus", FLOORS)
def test_no_document_is_refused(corpus: str) -> None:
    assert scored(corpus).speed.refused == {}

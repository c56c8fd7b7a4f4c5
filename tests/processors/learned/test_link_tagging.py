from pathlib import Path

import pytest

from processors.errors import ModelFileError
from processors.learned.link_features import candidates, link_features, repeated, telling_of
from processors.learned.link_tagging import (
    BACKWARD,
    FORWARD,
    NEITHER,
    LearnedLink,
    LinkTagger,
    link_tagger,
)
from processors.learned.maxent import Maxent
from processors.learned.models import ModelFiles
from schemas.annotation import Span
from tests.processors.learned.test_link_features import telling
from training.items import Item, fitted

SENTENCES = (
    ("A quake hit Bam, killing ten.", "quake", "killing", FORWARD),
    ("Ten died in a quake in Bam.", "died", "quake", BACKWARD),
    ("Ann watched Acme buy a mill.", "watched", "buy", NEITHER),
)


def taught() -> LinkTagger:
    items = []
    for text, one, other, label in SENTENCES * 5:
        told = telling(one, other, text=text)
        (features,) = link_features(told, candidates(told), repeated([told]))
        items.append(Item(features, label))
    return LinkTagger(Maxent.from_bytes(fitted(items, {"c2": 0.1, "max_iterations": 50})))


def found(text: str, one: str, other: str) -> list[tuple[int, int]]:
    ((_, links),) = taught().links([telling(one, other, text=text)])
    return [(link.source, link.target) for link in links]


class TestALink:
    def test_goes_from_the_cause_to_what_came_of_it(self) -> None:
        assert found("A quake shook Bam, killing two.", "quake", "killing") == [(0, 1)]
        assert found("Two died in a quake in Rey.", "died", "quake") == [(1, 0)]

    def test_is_none_where_the_model_sees_none(self) -> None:
        assert found("Bob watched Acme buy a mine.", "watched", "buy") == []

    def test_has_its_probability(self) -> None:
        ((_, (link,)),) = taught().links([telling("quake", "killing")])
        assert isinstance(link, LearnedLink)
        assert 0.5 < link.probability <= 1

    def test_counts_triggers_as_they_were_given(self) -> None:
        text = "A quake hit Bam, killing ten."
        starts = (text.index("quake"), text.index("quake"), text.index("killing"))
        spans = [Span(start=start, end=start + 5) for start in starts]
        told = telling_of(text, 0, Span(start=0, end=len(text)), spans)
        ((_, (link,)),) = taught().links([told])
        assert (link.source, link.target) == (0, 2)


def test_the_model_that_comes_with_millrace_links() -> None:
    ((_, links),) = link_tagger().links([telling("quake", "killing")])
    assert [(link.source, link.target) for link in links] == [(0, 1)]


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="millrace train"):
        link_tagger(ModelFiles(tmp_path))

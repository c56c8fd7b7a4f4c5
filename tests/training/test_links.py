from pathlib import Path

import pytest

from eval.corpora.errors import CorpusAbsentError
from eval.gold import GoldDocument, GoldEvent, GoldRelation, GoldTime, Span
from training import links, times

TEXT = "On Monday a quake killed ten. Police saw houses fall."


def span(word: str) -> Span:
    return Span(TEXT.index(word), TEXT.index(word) + len(word))


def document(*relations: tuple[str, str]) -> GoldDocument:
    monday = span("Monday")
    return GoldDocument(
        "made",
        "one",
        "one",
        TEXT,
        times=(GoldTime(monday, "2024-03-04", "date"),),
        events=tuple(
            GoldEvent(word, span(word), times=(monday,) if word == "quake" else ())
            for word in ("quake", "killed", "saw", "fall")
        ),
        relations=tuple(GoldRelation(source, target, "causes") for source, target in relations),
    )


def labels(*relations: tuple[str, str]) -> str:
    return " ".join(item.label for item in links.items(document(*relations)))


class TestLinksToLearnFrom:
    def test_are_pairs_of_a_sentence(self) -> None:
        assert labels() == "O O"

    def test_say_which_way_a_link_goes(self) -> None:
        assert labels(("quake", "killed")) == "F O"
        assert labels(("fall", "saw")) == "O B"

    def test_leave_out_links_over_sentences(self) -> None:
        assert labels(("quake", "fall")) == "O O"


class TestTimesToLearnFrom:
    def test_are_of_each_event_with_the_moments_near_it(self) -> None:
        assert [item.label for item in times.items(document())] == ["Y", "N", "N", "N"]


@pytest.mark.parametrize("task", [links, times])
class TestAModel:
    def test_learns_from_no_document_that_tests(self, task: "type") -> None:
        assert all("test" not in part.splits for part in task.PARTS)  # type: ignore[attr-defined]

    def test_needs_the_corpora(self, task: "type", tmp_path: Path) -> None:
        with pytest.raises(CorpusAbsentError):
            task.train(tmp_path)  # type: ignore[attr-defined]

from pathlib import Path

import pytest

from processors.dates import interval
from processors.errors import ModelFileError
from processors.learned.models import ModelFiles
from processors.learned.time_features import Story, moments_near, story_of, time_features
from processors.learned.time_tagging import time_tagger
from processors.recognition.found import Found
from processors.sentences import split_sentences
from schemas.annotation import Span

TEXT = (
    "Quake kills ten in Bam\n\n3 March 2024\n\nA quake struck Bam on Saturday. "
    "Houses fell and ten people were killed. Bam was last hit in 2003."
)
DATES = (("3 March 2024", "2024-03-03"), ("Saturday", "2024-03-02"), ("2003", "2003"))


def span(word: str) -> Span:
    return Span(start=TEXT.index(word), end=TEXT.index(word) + len(word))


def story(*words: str, dates: tuple[tuple[str, str], ...] = DATES) -> Story:
    times = [Found(span(w).start, span(w).end, "date", value) for w, value in dates]
    return story_of(TEXT, split_sentences(TEXT, "en"), times, [span(word) for word in words])


def how(word: str) -> dict[str, str]:
    one = story("struck", word)
    near = moments_near(one, one.events[-1])
    return {TEXT[one.moments[at].start : one.moments[at].end]: tags for at, tags in near.items()}


def when(word: str, beside: bool = True) -> str:
    one = story("struck", word)
    moment = time_tagger().moment_of(one, one.events[-1], beside)
    return TEXT[moment.start : moment.end] if moment else ""


class TestAMoment:
    def test_of_the_sentence_is_near(self) -> None:
        assert how("hit")["2003"] == "in0+akin"

    def test_of_the_first_lines_dates_the_document(self) -> None:
        assert how("fell")["3 March 2024"] == "line"

    def test_beside_the_first_event_is_the_leads(self) -> None:
        assert how("fell")["Saturday"] == "lead+before"

    def test_behind_since_is_none(self) -> None:
        text = "The storm was the worst since 2003."
        at = text.index("2003")
        times = [Found(at, at + 4, "date", "2003")]
        one = story_of(text, split_sentences(text, "en"), times, [Span(start=4, end=9)])
        assert moments_near(one, one.events[0]) == {}

    def test_of_a_relative_clause_is_none_of_the_main_ones(self) -> None:
        text = "Acme, which was founded in 2003, bought Widget."
        at = text.index("2003")
        times = [Found(at, at + 4, "date", "2003")]
        triggers = [
            Span(start=text.index(w), end=text.index(w) + len(w)) for w in ("founded", "bought")
        ]
        one = story_of(text, split_sentences(text, "en"), times, triggers)
        founded, bought = one.events
        assert list(moments_near(one, founded)) == [0]
        assert moments_near(one, bought) == {}

    def test_is_none_of_what_is_only_said(self) -> None:
        text = "Police said on Monday that walls fell."
        at = text.index("Monday")
        times = [Found(at, at + 6, "date", "2024-03-04")]
        one = story_of(text, split_sentences(text, "en"), times, [Span(start=7, end=11)])
        assert moments_near(one, one.events[0]) == {}

    def test_is_near_by_a_word_for_the_same_event(self) -> None:
        text = "struck"
        one = story(text)
        assert one.akin == {"strike": 1}

    def test_says_how_long_before_the_document_it_was(self) -> None:
        one = story("struck")
        rows = time_features(one, one.events[0], moments_near(one, one.events[0]))
        assert interval(one.moments[1].value) is not None
        assert "since=day|True" in rows[0]


class TestTheModel:
    def test_takes_one_of_the_events_own_sentence_only_where_it_may(self) -> None:
        assert when("struck") == "Saturday"
        assert when("struck", beside=False) != "Saturday"

    def test_takes_the_leads_where_a_sentence_has_none(self) -> None:
        assert when("fell") == "Saturday"

    def test_finds_none_in_a_text_without_dates(self) -> None:
        one = story("struck", dates=())
        assert time_tagger().moment_of(one, one.events[0]) is None


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="millrace train"):
        time_tagger(ModelFiles(tmp_path))

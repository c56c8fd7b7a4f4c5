from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.errors import ModelFileError
from processors.learned.event_tagging import trigger_tagger
from tests.processors.learned.folders import folder_with
from tests.processors.learned.triggers import small_tagger


def triggers(text: str) -> list[str]:
    words = text.split()
    return [
        " ".join(words[one.first : one.last + 1]) for one in small_tagger().read(words).triggers
    ]


class TestATriggerTagger:
    def test_finds_the_words_it_learned(self) -> None:
        assert triggers("Widget bought Acme in London .") == ["bought"]

    def test_finds_a_trigger_of_several_words(self) -> None:
        assert triggers("Ann took over the mill .") == ["took over"]

    def test_says_how_probable_each_word_is(self) -> None:
        words = ["Acme", "bought", "Widget", "Ltd", "."]
        read = small_tagger().read(words)
        assert len(read.probabilities) == len(words)
        assert read.probabilities[1] > 0.5 > read.probabilities[0]
        assert read.triggers[0].probability == read.probabilities[1]

    def test_answers_the_same_again(self) -> None:
        words = ["Acme", "bought", "Widget", "Ltd", "."]
        assert small_tagger().read(words) == small_tagger().read(words)

    def test_has_nothing_to_say_of_no_words(self) -> None:
        assert small_tagger().read([]).triggers == ()

    @given(st.lists(st.text(min_size=1, max_size=12), max_size=30))
    def test_keeps_within_any_words(self, words: list[str]) -> None:
        read = small_tagger().read(words)
        assert len(read.probabilities) == len(words)
        assert all(0.0 <= one <= 1.0 + 1e-9 for one in read.probabilities)
        behind = 0
        for one in read.triggers:
            assert behind <= one.first <= one.last < len(words)
            behind = one.last + 1

    @pytest.mark.parametrize("word", ["a" * 2_000, "=" * 2_000, "bought", "İ", "🎉"])
    def test_takes_time_by_the_number_of_words_alone(self, word: str) -> None:
        began = perf_counter()
        small_tagger().read([word] * 5_000)
        assert perf_counter() - began < 20

    def test_knows_words_in_capitals(self) -> None:
        assert triggers("ACME BOUGHT WIDGET .") == ["BOUGHT"]


def test_a_folder_without_the_model_is_an_error_that_says_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"triggers\.crf: run `millrace train`"):
        trigger_tagger(folder_with(tmp_path / "models", {}))

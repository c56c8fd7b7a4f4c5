import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.grounding import ground
from schemas.annotation import Span
from schemas.extraction import GroundedText
from schemas.output import Quote

TEXT = "Acme bought Widget Ltd. Widget Ltd thanked Acme.\r\nAcme\tand  Widget Ltd merged."

# Letters of several scripts, marks, joiners, line ends and control characters.
characters = st.one_of(
    st.sampled_from("aAbBéİßſﬁ '\"’“”-–—.,\n\r\t\x00\x0b\x1f\x85\u200d\u200b\u0301\u0308\ufe0f"),
    st.sampled_from("收购公司東京のカー한글مرحباשלום👩‍🚀🎉🇩🇪"),
    st.characters(exclude_categories=["Cs"]),
)
texts = st.text(characters, max_size=80)


def spoken(text: str, quote: str, at: int | None = None, within: Span | None = None) -> str:
    grounded = ground(text, Quote(text=quote, at=at), within)
    return f"{grounded.grounding} {grounded.start}-{grounded.end} {grounded.text}"


class TestExact:
    def test_words_are_found_as_they_stand(self) -> None:
        assert spoken(TEXT, "Widget Ltd") == "exact 12-22 Widget Ltd"

    def test_of_repeated_words_the_nearest_to_at_count(self) -> None:
        assert spoken(TEXT, "Acme", at=40) == "exact 43-47 Acme"
        assert spoken(TEXT, "Acme", at=48) == "exact 50-54 Acme"

    def test_words_at_the_very_place_need_no_search(self) -> None:
        assert spoken(TEXT, "Widget Ltd", at=24) == "exact 24-34 Widget Ltd"

    def test_a_wrong_at_is_mended(self) -> None:
        assert spoken(TEXT, "merged", at=10**9) == "exact 71-77 merged"

    def test_words_are_looked_for_where_they_are_expected(self) -> None:
        assert spoken(TEXT, "Acme", within=Span(start=24, end=48)) == "exact 43-47 Acme"

    def test_words_outside_of_there_are_found_all_the_same(self) -> None:
        assert spoken(TEXT, "bought", within=Span(start=24, end=48)) == "exact 5-11 bought"

    def test_whole_words_come_before_parts_of_words(self) -> None:
        assert spoken("The party left; art stayed.", "art") == "exact 16-19 art"

    def test_a_part_of_a_word_is_better_than_nothing(self) -> None:
        assert spoken("The party left.", "art") == "exact 5-8 art"


class TestNormalized:
    def test_case_does_not_matter(self) -> None:
        assert spoken(TEXT, "ACME BOUGHT") == "normalized 0-11 Acme bought"

    def test_white_space_does_not_matter(self) -> None:
        assert spoken(TEXT, "Acme and Widget") == "normalized 50-66 Acme\tand  Widget"

    def test_quotation_marks_and_dashes_do_not_matter(self) -> None:
        assert spoken("He said “yes” – twice.", 'said "yes" - twice') == (
            "normalized 3-21 said “yes” – twice"
        )

    def test_offsets_are_those_of_the_text(self) -> None:
        # "İ" becomes two characters in lower case: a normalised copy would shift what follows.
        assert spoken("İİİİ ACME Corp", "acme corp") == "normalized 5-14 ACME Corp"


class TestFuzzy:
    def test_nearly_the_same_words_are_found(self) -> None:
        assert spoken(TEXT, "Widget Ltd thankd Acme") == "fuzzy 24-47 Widget Ltd thanked Acme"

    def test_words_that_it_cuts_are_completed(self) -> None:
        assert spoken("They negotiated an agreement.", "negotiate an agreements").startswith(
            "fuzzy 5-28 negotiated an agreement"
        )

    def test_other_words_are_not_found(self) -> None:
        assert spoken(TEXT, "Gadget Inc sold") == "ungrounded 0-0 Gadget Inc sold"

    def test_a_quote_longer_than_the_text_is_not_found(self) -> None:
        assert ground("Acme", Quote(text="Acme bought Widget Ltd")).grounding == "ungrounded"


@pytest.mark.parametrize("quote", ["", " ", "\r\n\t", "\u2003"])
def test_nothing_to_find_is_ungrounded(quote: str) -> None:
    assert ground(TEXT, Quote(text=quote)) == GroundedText(
        text=quote, start=0, end=0, grounding="ungrounded"
    )


def check(text: str, grounded: GroundedText) -> None:
    if grounded.grounding == "ungrounded":
        assert (grounded.start, grounded.end) == (0, 0)
    else:
        assert grounded.start < grounded.end
        assert text[grounded.start : grounded.end] == grounded.text


@given(texts, st.text(characters, max_size=20), st.none() | st.integers(0, 100))
def test_what_is_grounded_is_the_texts_own(text: str, quote: str, at: int | None) -> None:
    check(text, ground(text, Quote(text=quote, at=at)))


@given(texts, st.integers(0, 80), st.integers(1, 30), st.none() | st.integers(0, 100))
def test_words_of_the_text_are_exact(text: str, start: int, length: int, at: int | None) -> None:
    quote = text[start : start + length]
    grounded = ground(text, Quote(text=quote, at=at))
    check(text, grounded)
    if quote.strip():
        assert grounded.grounding == "exact"
        assert grounded.text == quote


@given(texts, st.integers(0, 80), st.integers(2, 30))
def test_words_in_other_case_and_spacing_keep_their_place(
    text: str, start: int, length: int
) -> None:
    quote = " ".join(text[start : start + length].swapcase().split())
    check(text, ground(text, Quote(text=quote)))


@given(texts, st.integers(0, 80), st.integers(8, 40), st.integers(0, 39), characters)
def test_words_with_a_wrong_character_keep_their_place(
    text: str, start: int, length: int, place: int, wrong: str
) -> None:
    words = text[start : start + length]
    quote = words[:place] + wrong + words[place + 1 :]
    check(text, ground(text, Quote(text=quote)))


@given(texts, st.text(characters, max_size=20), st.integers(0, 80), st.integers(0, 80))
def test_any_region_will_do(text: str, quote: str, start: int, end: int) -> None:
    check(text, ground(text, Quote(text=quote), Span(start=start, end=end)))


@pytest.mark.parametrize("quote", ["zzzz qqqq", "a" * 300, "Acme Corporation bought nothing"])
def test_a_megabyte_is_searched_in_bounded_time(quote: str) -> None:
    text = "the quick brown fox jumps over the lazy dog. " * 23_000
    begun = time.process_time()
    for place in range(20):
        ground(text, Quote(text=quote, at=place * 50_000))
    assert time.process_time() - begun < 2.0

"""Chunks: whole sentences up to a budget of characters."""

from hypothesis import given
from hypothesis import strategies as st

from processors.chunks import split_chunks
from schemas.annotation import Span


def spans(*bounds: tuple[int, int]) -> tuple[Span, ...]:
    return tuple(Span(start=start, end=end) for start, end in bounds)


def bounds(sentences: tuple[Span, ...], budget: int) -> list[tuple[int, int]]:
    return [(chunk.start, chunk.end) for chunk in split_chunks(sentences, budget)]


def test_a_text_within_the_budget_is_one_chunk() -> None:
    assert bounds(spans((2, 10), (11, 20)), 100) == [(2, 20)]


def test_the_space_between_sentences_counts() -> None:
    assert bounds(spans((0, 10), (11, 20)), 20) == [(0, 20)]
    assert bounds(spans((0, 10), (11, 20)), 19) == [(0, 10), (11, 20)]


def test_a_sentence_over_the_budget_is_a_chunk_alone() -> None:
    assert bounds(spans((0, 5), (6, 50), (51, 55)), 10) == [(0, 5), (6, 50), (51, 55)]


def test_without_sentences_there_is_no_chunk() -> None:
    assert split_chunks((), 10) == ()


@st.composite
def _sentences(draw: st.DrawFn) -> tuple[Span, ...]:
    end = 0
    made = []
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)))):
        made.append(Span(start=end + gap, end=end + gap + length))
        end += gap + length
    return tuple(made)


@given(_sentences(), st.integers(1, 100))
def test_every_sentence_lies_in_exactly_one_chunk(sentences: tuple[Span, ...], budget: int) -> None:
    chunks = split_chunks(sentences, budget)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    inside = [
        [s for s in sentences if chunk.start <= s.start and s.end <= chunk.end] for chunk in chunks
    ]
    assert tuple(s for group in inside for s in group) == sentences
    for chunk, group in zip(chunks, inside, strict=True):
        assert (chunk.start, chunk.end) == (group[0].start, group[-1].end)
        assert len(group) == 1 or chunk.end - chunk.start <= budget

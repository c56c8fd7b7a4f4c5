"""Claims on the same characters: the surer kind wins, then the longer claim."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from processors.recognition.found import KINDS, Found, without_overlaps


def spans(*claims: Found) -> list[tuple[int, int, str]]:
    return [claim[:3] for claim in without_overlaps(claims)]


def test_claims_apart_are_all_kept_in_order() -> None:
    assert spans(Found(5, 9, "place", ""), Found(0, 5, "person", "")) == [
        (0, 5, "person"),
        (5, 9, "place"),
    ]


def test_of_two_kinds_the_surer_wins() -> None:
    assert spans(Found(0, 3, "number", ""), Found(0, 3, "money", "")) == [(0, 3, "money")]
    assert spans(Found(0, 9, "person", ""), Found(4, 7, "date", "")) == [(4, 7, "date")]


def test_of_one_kind_the_longer_wins() -> None:
    assert spans(Found(4, 9, "place", ""), Found(0, 9, "place", "")) == [(0, 9, "place")]
    assert spans(Found(0, 3, "place", ""), Found(2, 9, "place", "")) == [(2, 9, "place")]


def test_a_claim_that_wins_pushes_out_all_that_it_overlaps() -> None:
    assert spans(
        Found(0, 3, "number", ""), Found(4, 6, "number", ""), Found(2, 8, "money", "")
    ) == [(2, 8, "money")]


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 8), st.sampled_from(KINDS)).map(
            lambda claim: Found(claim[0], claim[0] + claim[1], claim[2], "")
        )
    )
)
def test_what_is_kept_never_overlaps(claims: list[Found]) -> None:
    kept = without_overlaps(claims)
    assert all(first.end <= second.start for first, second in pairwise(kept))
    assert bool(kept) == bool(claims)

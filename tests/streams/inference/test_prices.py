"""What a call costs."""

from dataclasses import replace

import pytest

from streams.inference.generation import Generation
from streams.inference.prices import FREE, Prices

PRICES = Prices(prompt=3.0, cached=0.3, completion=15.0)
COUNTED = Generation("{}", "stop", prompt_tokens=1_000, cached_tokens=0, completion_tokens=100)


def test_tokens_are_priced_by_the_million() -> None:
    assert PRICES.cost(COUNTED) == pytest.approx(0.003 + 0.0015)


def test_cached_tokens_have_a_price_of_their_own() -> None:
    assert PRICES.cost(replace(COUNTED, cached_tokens=800)) == pytest.approx(
        0.0006 + 0.00024 + 0.0015
    )


def test_without_a_count_of_cached_tokens_all_are_taken_as_fresh() -> None:
    assert PRICES.cost(replace(COUNTED, cached_tokens=None)) == PRICES.cost(COUNTED)


def test_no_more_tokens_are_cached_than_the_prompt_has() -> None:
    assert PRICES.cost(replace(COUNTED, cached_tokens=5_000)) == pytest.approx(0.0003 + 0.0015)


@pytest.mark.parametrize("unknown", ["prompt_tokens", "completion_tokens"])
def test_what_was_not_counted_has_no_known_cost(unknown: str) -> None:
    assert PRICES.cost(replace(COUNTED, **{unknown: None})) is None  # type: ignore[arg-type]


def test_without_prices_a_counted_call_costs_nothing() -> None:
    assert FREE.cost(COUNTED) == 0.0

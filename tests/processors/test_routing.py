"""Which tier answers a document."""

import pytest

from processors.routing import Route, choose_tier
from schemas.document import Document
from tests.processors.documents import profile

NEWS = profile("news", tier="standard")
EMAIL = profile("email", tier="small")


def document(language: str = "en", characters: int = 100) -> Document:
    return Document(document_id="d1", text="x" * characters, language=language)


def test_without_routes_it_is_the_profiles() -> None:
    assert choose_tier(document(), NEWS, ()) == "standard"
    assert choose_tier(document(), EMAIL, ()) == "small"


def test_a_route_without_conditions_takes_all() -> None:
    assert choose_tier(document(), NEWS, [Route(tier="large")]) == "large"


def test_a_route_may_be_for_some_profiles() -> None:
    routes = [Route(tier="large", profiles=("email", "neutral"))]

    assert choose_tier(document(), EMAIL, routes) == "large"
    assert choose_tier(document(), NEWS, routes) == "standard"


@pytest.mark.parametrize(
    ("language", "tier"), [("zh", "large"), ("ja", "large"), ("en", "standard")]
)
def test_a_route_may_be_for_some_languages(language: str, tier: str) -> None:
    routes = [Route(tier="large", languages=("zh", "ja"))]

    assert choose_tier(document(language), NEWS, routes) == tier


@pytest.mark.parametrize(
    ("characters", "tier"), [(4_999, "standard"), (5_000, "large"), (5_001, "large")]
)
def test_a_route_may_be_for_long_documents(characters: int, tier: str) -> None:
    routes = [Route(tier="large", min_characters=5_000)]

    assert choose_tier(document(characters=characters), NEWS, routes) == tier


@pytest.mark.parametrize(
    ("language", "characters", "tier"),
    [("zh", 5_000, "large"), ("zh", 100, "standard"), ("en", 5_000, "standard")],
)
def test_all_conditions_of_a_route_must_be_met(language: str, characters: int, tier: str) -> None:
    routes = [Route(tier="large", profiles=("news",), languages=("zh",), min_characters=1_000)]

    assert choose_tier(document(language, characters), NEWS, routes) == tier


def test_the_first_route_that_fits_counts() -> None:
    routes = [
        Route(tier="huge", min_characters=10_000),
        Route(tier="large", min_characters=1_000),
        Route(tier="small"),
    ]

    tiers = [choose_tier(document(characters=size), NEWS, routes) for size in (20_000, 2_000, 20)]

    assert tiers == ["huge", "large", "small"]

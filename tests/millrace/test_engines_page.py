"""docs/engines.md: the settings that it shows are settings."""

import re
from pathlib import Path

import pytest

from millrace import wiring
from millrace.settings import Settings, read_settings

pytestmark = pytest.mark.usefixtures("folder")

PAGE = (Path(__file__).resolve().parents[2] / "docs/engines.md").read_text("utf-8")
SERVED, IN_PROCESS, TIERS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def settings(text: str) -> Settings:
    Path("millrace.toml").write_text(text)
    return read_settings()


def test_a_served_model() -> None:
    chosen = settings(SERVED).engine_of("standard")

    assert (chosen.engine, chosen.model) == ("openai", "reader-8b")
    assert chosen.openai_urls == ("http://127.0.0.1:8000",)


def test_a_model_in_process() -> None:
    assert settings(IN_PROCESS).engine_of("standard").vllm_max_model_len == 16_384


def test_tiers_and_routes() -> None:
    chosen = settings(TIERS)

    assert chosen.engine_of("large").model == "reader-70b"
    assert wiring.run(chosen).specification.next_tier("small") == "large"
    routes = wiring.stage_context(chosen).annotation.routes
    assert [(route.languages, route.min_characters) for route in routes] == [
        (("ja",), 0),
        ((), 20_000),
    ]

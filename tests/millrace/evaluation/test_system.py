"""The engine that is evaluated: what the command and the settings make of it."""

from pathlib import Path
from typing import Any

import pytest

from eval.gold import GoldDocument
from eval.running import send_all, system_of
from millrace.errors import UsageError
from millrace.evaluation.system import ANY_PROFILE, EngineChoice, system
from millrace.settings import Settings
from processors.profile_loading import load_profiles
from schemas.errors import MillraceError
from streams.inference.embedded_engine import local_identity
from tests.model_answers import AnsweringServer, Rehearsing

PROFILES = load_profiles()
LOCAL = f"{local_identity().engine}/{local_identity().model}"
MODEL = "acme/reader-8b"
TEXT = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later."
DOCUMENTS = [
    GoldDocument("made", f"d{number}", "t1", f"{TEXT} Lot {number}.", published_at="2024-03-05")
    for number in range(3)
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def served(server: AnsweringServer, **changes: Any) -> Settings:
    """A server of the model that knows the answers about the documents, at a price."""
    rules = Rehearsing()
    send_all(system_of(rules, PROFILES), DOCUMENTS)
    server.answers = {question.user: written for question, written in rules.answers.items()}
    return Settings(
        openai_urls=(server.url,), price_prompt=1.0, price_cached=0.5, price_completion=2.0,
        **changes,
    )  # fmt: skip


def test_the_local_engine_is_alone_so_that_its_time_is_told_by_stage() -> None:
    made = system(Settings(), EngineChoice())

    assert (made.name, made.profile, made.at_once) == (LOCAL, "news", 1)
    assert made.answering.last_resort is None


def test_the_pipeline_may_choose_the_profile() -> None:
    assert system(Settings(), EngineChoice(profile=ANY_PROFILE)).profile is None


def test_a_served_model_answers_as_in_a_run_and_costs_what_the_settings_say(folder: Path) -> None:
    server = AnsweringServer(MODEL)
    with server.running():
        made = system(served(server), EngineChoice("openai", MODEL))
        passed = send_all(made, DOCUMENTS)

    assert server.unknown == []
    assert made.name == f"openai/{MODEL}"
    assert made.at_once > 1
    assert [[event.trigger.text for event in one.events] for one in passed.found] == [
        ["bought", "resigned"]
    ] * 3
    # Of each call 812 tokens of a prompt, 640 of them computed before, and 9 of an answer.
    calls = len(server.asked)
    assert calls >= 3 * 3
    tokens = [one.spent.prompt_tokens or 0 for one in passed.found]
    assert sum(tokens) == 812 * calls
    cost = sum(one.spent.cost_usd or 0.0 for one in passed.found)
    assert cost == pytest.approx(calls * (172 * 1.0 + 640 * 0.5 + 9 * 2.0) / 1e6)
    # Nothing is kept: another time costs as much.
    assert list(folder.iterdir()) == []


def test_a_model_of_the_settings_is_taken_where_the_command_names_none() -> None:
    settings = Settings(engine="openai", model="m8", openai_urls=("http://127.0.0.1:9",))

    assert system(settings, EngineChoice()).name == "openai/m8"
    assert system(settings, EngineChoice(model="m70")).name == "openai/m70"
    assert system(settings, EngineChoice("local")).name == LOCAL


@pytest.mark.parametrize(
    ("choice", "wrong"),
    [
        (EngineChoice("openai"), "the engine openai needs a model: give --model"),
        (EngineChoice("vllm"), "the engine vllm needs a model"),
        (EngineChoice("local", "m8"), "the engine local has no model to choose"),
        (EngineChoice(profile="nope"), "no profile 'nope'; there are email, neutral, news, and au"),
    ],
)
def test_what_does_not_fit_together_is_wrong_usage(choice: EngineChoice, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        system(Settings(), choice)


def test_a_server_that_is_not_named_is_asked_for_by_its_setting() -> None:
    with pytest.raises(MillraceError, match="set MILLRACE_OPENAI_URLS"):
        system(Settings(), EngineChoice("openai", MODEL))

"""What an answer's key depends on."""

from dataclasses import replace

import pytest

from processors.prompting.prompt import Prompt
from schemas.task import Sampling
from streams.inference.cache.key import cache_key
from streams.inference.engine import EngineIdentity

PROMPT = Prompt(
    instructions="Find events.",
    document="Acme bought Widget Ltd in London.",
    question="Which events?",
    schema={"type": "object", "properties": {"kind": {"type": "string"}, "at": {}}},
    max_tokens=512,
    ids={"e1": "0f3c"},
)
SAMPLING = Sampling(temperature=0.0, ordinal=0)
MODEL = EngineIdentity("vllm", "acme/small", "abc123")
KEY = cache_key(PROMPT, SAMPLING, MODEL)
REPAIRED = PROMPT.repaired("{", "not JSON")


def test_it_is_the_same_on_every_machine_and_day() -> None:
    assert KEY == "8971ecabb9c1b2a0e2974b9ab185f438"


@pytest.mark.parametrize(
    "prompt",
    [
        replace(PROMPT, instructions="Find all events."),
        replace(PROMPT, document="Acme sold Widget Ltd in London."),
        replace(PROMPT, question="Which?"),
        replace(PROMPT, document=PROMPT.document + PROMPT.question, question=""),
        replace(PROMPT, schema={"type": "object"}),
        replace(
            PROMPT,
            schema={"type": "object", "properties": {"at": {}, "kind": {"type": "string"}}},
        ),
        replace(PROMPT, max_tokens=513),
        REPAIRED,
    ],
    ids=["instructions", "document", "question", "borders", "schema", "order", "tokens", "repair"],
)
def test_each_part_of_the_prompt_changes_it(prompt: Prompt) -> None:
    assert cache_key(prompt, SAMPLING, MODEL) != KEY


@pytest.mark.parametrize("sampling", [Sampling(temperature=0.7), Sampling(ordinal=1)])
def test_so_does_the_sampling(sampling: Sampling) -> None:
    assert cache_key(PROMPT, sampling, MODEL) != KEY


@pytest.mark.parametrize(
    "identity", [replace(MODEL, model="acme/large"), replace(MODEL, model_revision="def456")]
)
def test_so_does_the_model(identity: EngineIdentity) -> None:
    assert cache_key(PROMPT, SAMPLING, identity) != KEY


def test_so_do_both_halves_of_a_repair() -> None:
    keys = {
        cache_key(PROMPT.repaired(answer, problem), SAMPLING, MODEL)
        for answer, problem in [("{", "not JSON"), ("[", "not JSON"), ("{", "no kind")]
    }

    assert len(keys) == 3


def test_what_serves_the_model_does_not_count() -> None:
    assert cache_key(PROMPT, SAMPLING, replace(MODEL, engine="openai")) == KEY


def test_the_events_behind_short_names_do_not_count() -> None:
    assert cache_key(replace(PROMPT, ids={"e1": "77aa"}), SAMPLING, MODEL) == KEY

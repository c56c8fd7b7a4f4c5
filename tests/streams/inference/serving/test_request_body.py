"""What is sent."""

import json
from typing import Any

from streams.inference.serving.request_body import request_body
from streams.inference.serving.settings import ServedModelSettings
from tests.streams.inference.serving.model_server import PROMPT, SCHEMA, asked

URLS = ("http://gpu0",)


def body(*, ordinal: int = 0, repaired: bool = False, **changes: Any) -> dict[str, Any]:
    prompt = PROMPT.repaired('{"events": [', "the JSON ends early") if repaired else PROMPT
    settings = ServedModelSettings(URLS, "acme/reader-8b", **changes)
    sent: dict[str, Any] = json.loads(request_body(asked(prompt=prompt, ordinal=ordinal), settings))
    return sent


def test_a_request_is_a_stream_held_to_the_schema() -> None:
    assert body() == {
        "model": "acme/reader-8b",
        "messages": [
            {"role": "system", "content": "Find events."},
            {
                "role": "user",
                "content": "<document>Acme bought Widget.</document>\n\nWhich?",
            },
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": dict(SCHEMA), "strict": True},
        },
        "temperature": 0.0,
        "max_tokens": 64,
    }


def test_a_repair_follows_the_same_beginning() -> None:
    messages = body(repaired=True)["messages"]

    assert messages[:2] == body()["messages"]
    assert messages[2:] == [
        {"role": "assistant", "content": '{"events": ['},
        {"role": "user", "content": "the JSON ends early"},
    ]


def test_repeated_draws_differ_by_their_seed() -> None:
    assert body(ordinal=2)["seed"] == 2


def test_further_fields_are_added_and_none_takes_one_away() -> None:
    sent = body(
        token_limit="max_completion_tokens",
        extra_body={"chat_template_kwargs": {"enable_thinking": False}, "temperature": None},
    )

    assert sent["chat_template_kwargs"] == {"enable_thinking": False}
    assert sent["max_completion_tokens"] == 64
    assert not {"temperature", "max_tokens"} & sent.keys()

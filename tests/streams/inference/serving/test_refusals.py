"""What a status means, and that nothing of a server's message gets out."""

import json

import pytest

from schemas.errors import AccessError, MillraceError
from streams.inference.generation import GenerationError
from streams.inference.serving.errors import (
    ModelSetupError,
    ServerAwayError,
    ServerFaultError,
    ThrottledError,
)
from streams.inference.serving.refusals import read_complaint, refused

URL = "http://gpu0:8000/v1"


def error(status: int, message: str = "", **fields: object) -> MillraceError:
    body = {"error": {"message": message, **fields}}
    return refused(URL, status, read_complaint(json.dumps(body).encode()))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, ModelSetupError),
        (401, AccessError),
        (402, ModelSetupError),
        (403, AccessError),
        (404, ModelSetupError),
        (408, ServerFaultError),
        (429, ThrottledError),
        (500, ServerFaultError),
        (502, ServerAwayError),
        (503, ThrottledError),
        (504, ServerFaultError),
        (529, ServerFaultError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[MillraceError]) -> None:
    assert type(error(status)) is kind


@pytest.mark.parametrize(
    "message",
    [
        "Input length (4242) exceeds model's maximum context length (4096).",
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens",
        "max_tokens=5000 cannot be greater than max_model_len=4096. Please request fewer",
        "the request exceeds the available context size, try increasing it",
        "`inputs` tokens + `max_new_tokens` must be <= 2048",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "The input token count (50000) exceeds the maximum number of tokens allowed",
    ],
)
def test_a_prompt_that_is_too_long_is_known_by_its_words(message: str) -> None:
    failed = error(400, message)

    assert isinstance(failed, GenerationError)
    assert (failed.kind, failed.retryable) == ("context_overflow", False)


def test_a_prompt_that_is_too_long_is_known_by_its_code() -> None:
    failed = error(400, "", code="context_length_exceeded")

    assert isinstance(failed, GenerationError)
    assert failed.kind == "context_overflow"


def test_a_schema_that_the_backend_refuses_is_named() -> None:
    failed = error(
        400, "The provided JSON schema contains features not supported by xgrammar.",
        type="BadRequestError", code=400,
    )  # fmt: skip

    assert isinstance(failed, GenerationError)
    assert (failed.kind, failed.retryable) == ("engine_error", False)
    assert str(failed) == (
        f"{URL} answered 400 (BadRequestError): it refuses the schema of the answer"
    )


def test_a_filter_is_a_refusal() -> None:
    failed = error(400, "", code="content_filter")

    assert isinstance(failed, GenerationError)
    assert failed.kind == "refusal"


def test_an_account_that_is_used_up_is_not_waited_for() -> None:
    assert isinstance(error(429, "", code="insufficient_quota"), ModelSetupError)


def test_what_a_server_says_is_not_repeated() -> None:
    secret = "Acme bought Widget"
    for status in range(300, 600):
        failed = error(status, secret, type=secret, code=f"x {secret}", param=secret + " " * 90)
        assert "Acme" not in str(failed)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"no"', b'{"error": "no"}', b"[" * 9_999])
def test_a_body_that_is_no_error_says_nothing(body: bytes) -> None:
    assert str(refused(URL, 500, read_complaint(body))) == f"{URL} answered 500"

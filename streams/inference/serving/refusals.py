"""What a server's refusal means, by its status and the few words in it that are safe to read.

Servers quote prompts in their messages, so nothing of a message is passed on: it is only looked at
for the words by which servers say that a prompt is too long. Codes are shown if they look like one.
"""

import json
import re
from dataclasses import dataclass

from schemas.errors import AccessError, MillraceError
from streams.inference.generation import GenerationError
from streams.inference.serving.errors import (
    ModelSetupError,
    ServerAwayError,
    ServerFaultError,
    ThrottledError,
)
from streams.inference.serving.settings import API_KEY, MODEL, URLS

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
# OpenAI, vLLM, llama.cpp, TGI, SGLang, Anthropic's and Google's compatible servers.
_TOO_LONG = re.compile(
    r"context[_ ](length|window|size)|maximum context|max_model_len|max_total_tokens"
    r"|max_new_tokens|prompt is too long|too many (input )?tokens|input token count",
    re.IGNORECASE,
)
_SCHEMA = re.compile(r"response_format|json[_ ]?schema|structured[_ ]output|grammar", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a server says of an error, without its words: its codes, and what they are about."""

    codes: tuple[str, ...] = ()
    status: int | None = None
    too_long: bool = False
    schema: bool = False

    def __str__(self) -> str:
        return f" ({', '.join(self.codes)})" if self.codes else ""


def read_complaint(body: bytes | object) -> Complaint:
    """Read the body of an error, bytes or JSON already parsed; what is no error says nothing."""
    try:
        parsed = json.loads(body) if isinstance(body, bytes) else body
    except (ValueError, RecursionError):
        return Complaint()
    error = parsed.get("error", parsed) if isinstance(parsed, dict) else None
    if not isinstance(error, dict):
        return Complaint()
    named = [error.get(name) for name in ("type", "code", "param")]
    codes = tuple(code for code in named if isinstance(code, str) and _CODE.fullmatch(code))
    code = error.get("code")
    words = " ".join([str(error.get("message", "")), *codes])
    return Complaint(
        tuple(dict.fromkeys(codes)),
        code if isinstance(code, int) and 400 <= code < 600 else None,
        bool(_TOO_LONG.search(words)),
        bool(_SCHEMA.search(words)),
    )


def refused(
    url: str, status: int, complaint: Complaint, retry_after_s: float | None = None
) -> MillraceError:
    """The error for a status of 300 or above.

    Gives:
        AccessError, ModelSetupError: no call can succeed.
        ServerAwayError, ThrottledError, ServerFaultError: another time, or at another server.
        GenerationError: this call will never succeed here.
    """
    where = f"{url} answered {status}{complaint}"
    if status in {401, 403}:
        return AccessError(f"{where}: it does not accept the key, look at {API_KEY}")
    if status == 404 or "model_not_found" in complaint.codes:
        return ModelSetupError(f"{where}: no such model or address, look at {MODEL} and {URLS}")
    if status < 400 or status in {405, 410}:
        return ModelSetupError(f"{where}: this is not a server of models, look at {URLS}")
    if status == 402 or "insufficient_quota" in complaint.codes:
        return ModelSetupError(f"{where}: the account of {API_KEY} is used up")
    if status in {429, 503}:
        return ThrottledError(f"{where}", retry_after_s, overloaded=status == 503)
    if status == 502:
        return ServerAwayError(f"{where}: there is no server behind it")
    if status == 408 or status >= 500:
        return ServerFaultError(where)
    return _refused_for_good(where, status, complaint)


def _refused_for_good(where: str, status: int, complaint: Complaint) -> GenerationError:
    if complaint.too_long or status == 413:
        return GenerationError(
            "context_overflow",
            f"{where}: the prompt is longer than the model's context",
            retryable=False,
        )
    if {"content_filter", "content_policy_violation"} & set(complaint.codes):
        return GenerationError("refusal", f"{where}: its filter refuses", retryable=False)
    what = "the schema of the answer" if complaint.schema else "the request"
    return GenerationError("engine_error", f"{where}: it refuses {what}", retryable=False)

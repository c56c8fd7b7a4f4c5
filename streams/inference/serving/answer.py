"""An answer, put together from the pieces in which a server streams it."""

import json
from dataclasses import dataclass, field
from typing import Any

from streams.inference.generation import GenerationError
from streams.inference.serving.errors import ServerFaultError
from streams.inference.serving.refusals import Complaint, read_complaint, refused

_FAILED = frozenset({"error", "abort"})  # vLLM's words for what broke inside the engine


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them; None what it did not say."""

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(slots=True)
class Answer:
    """Collects the events of one chat completion, in order.

    ``first_text_at`` is the caller's time of the first piece of text.
    """

    url: str
    usage: Usage = Usage()
    finish_reason: str = ""
    first_text_at: float | None = None
    done: bool = False
    _pieces: list[str] = field(default_factory=list)

    def add(self, data: bytes, now: float) -> None:
        """Take the data of one event.

        Raises:
            ServerFaultError: it is no piece of a chat completion.
            GenerationError: the model or the server's filter refuses to answer.
            MillraceError: the server reports an error in the stream; as for a status.
        """
        if data == b"[DONE]":
            self.done = True
            return
        try:
            event = json.loads(data)
            if "error" in event:
                complaint = read_complaint(event)
                raise refused(self.url, complaint.status or 500, complaint)
            if (usage := event.get("usage")) is not None:
                self.usage = _usage(usage)
            for choice in event["choices"]:
                self._take(choice, now)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            # The cause would quote the answer.
            raise ServerFaultError(f"{self.url} sent no chat completion") from None

    def text(self) -> str:
        """All of it.

        Raises:
            ServerFaultError: the stream ended before the answer did.
        """
        if not self.finish_reason:
            raise ServerFaultError(f"{self.url} sent half an answer")
        return "".join(self._pieces)

    def _take(self, choice: dict[str, Any], now: float) -> None:
        delta = choice.get("delta") or {}
        if delta.get("refusal"):
            raise GenerationError("refusal", f"the model at {self.url} refuses", retryable=False)
        if piece := delta.get("content"):
            if not isinstance(piece, str):
                raise TypeError
            if self.first_text_at is None:
                self.first_text_at = now
            self._pieces.append(piece)
        if reason := choice.get("finish_reason"):
            self._finish(str(reason))

    def _finish(self, reason: str) -> None:
        if reason == "content_filter":
            raise GenerationError("refusal", f"the filter of {self.url} refuses", retryable=False)
        if reason in _FAILED:
            raise refused(self.url, 500, Complaint((reason,)))
        self.finish_reason = reason


def _usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        _count(usage.get("prompt_tokens")),
        _count(details.get("cached_tokens")),
        _count(usage.get("completion_tokens")),
    )


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None

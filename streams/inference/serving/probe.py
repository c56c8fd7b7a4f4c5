"""Whether a server can be given calls: it has the model, and holds answers to a schema."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from processors.prompting.prompt import Prompt
from schemas.errors import AccessError, MillraceError
from streams.inference.generation import GenerationError, GenerationRequest
from streams.inference.serving.answer import Answer
from streams.inference.serving.client import ModelClient
from streams.inference.serving.errors import ModelSetupError
from streams.inference.serving.request_body import request_body
from streams.inference.serving.settings import MODEL, URLS, ServedModelSettings

_SHOWN_MODELS = 10
_SHAPE = {"status": "millrace-is-ready"}
# Only a server that holds the model to the schema gives this answer: the prompt does not name it.
_PROBE = Prompt(
    instructions="Answer in JSON.",
    document="",
    question="How are you?",
    schema={
        "type": "object",
        "properties": {"status": {"type": "string", "enum": list(_SHAPE.values())}},
        "required": ["status"],
        "additionalProperties": False,
    },
    max_tokens=256,
)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a server says of a model: what it was loaded from, and its context in tokens."""

    root: str = ""
    context_tokens: int | None = None


class ServerProbe:
    """Looks at a server before it gets calls, at the start and whenever it comes back.

    Args:
        client: asks the servers.
        settings: which model to look for.
        warm_up: prompts of the kinds that will be asked, longest instructions first: each is
            answered with one token, so that their schemas are compiled and their beginnings cached.
    """

    def __init__(
        self, client: ModelClient, settings: ServedModelSettings, warm_up: Sequence[Prompt] = ()
    ) -> None:
        self._client = client
        self._settings = settings
        self._warm_up = tuple(replace(prompt, max_tokens=1) for prompt in warm_up)

    async def run(self, url: str) -> ModelCard:
        """What the server says of the model, once it has passed.

        Raises:
            AccessError, ModelSetupError: a setting or the server is wrong.
            MillraceError: the server can't be asked now.
        """
        card = _card(url, self._settings.model, await self._client.models(url))
        try:
            answer = await self._ask(url, _PROBE)
            _check_held_to_schema(url, self._settings.model, answer)
            for prompt in self._warm_up:
                await self._ask(url, prompt)
        except GenerationError as error:
            if error.kind == "timeout":
                raise
            raise _setup_error(error, card) from error
        return card

    async def _ask(self, url: str, prompt: Prompt) -> Answer:
        request = GenerationRequest("probe", "", prompt)
        return await self._client.chat(url, request_body(request, self._settings))


def _card(url: str, model: str, listing: bytes) -> ModelCard:
    try:
        cards: dict[str, Any] = {card["id"]: card for card in json.loads(listing)["data"]}
    except (ValueError, TypeError, LookupError, RecursionError):
        raise ModelSetupError(f"{url}/models is no list of models: look at {URLS}") from None
    if model not in cards:
        names = sorted(map(repr, cards))
        shown = ", ".join(names[:_SHOWN_MODELS]) or "none"
        more = f" and {len(names) - _SHOWN_MODELS} more" if len(names) > _SHOWN_MODELS else ""
        raise ModelSetupError(f"{url} has no model {model!r}, but {shown}{more}: set {MODEL}")
    root, context = cards[model].get("root"), cards[model].get("max_model_len")
    return ModelCard(
        root if isinstance(root, str) else "", context if isinstance(context, int) else None
    )


def _check_held_to_schema(url: str, model: str, answer: Answer) -> None:
    written = "".join(answer.text().split())
    shape = json.dumps(_SHAPE, separators=(",", ":"))
    if answer.finish_reason == "length" and not written:
        raise ModelSetupError(
            f"{model!r} at {url} wrote nothing in {_PROBE.max_tokens} tokens: "
            "switch its reasoning off"
        )
    # Small models may fill a valid answer with white space until it is cut off.
    cut = answer.finish_reason == "length" and shape.startswith(written)
    if written != shape and not cut:
        raise ModelSetupError(
            f"{url} does not hold the answers of {model!r} to a JSON schema: "
            "a server with structured outputs (response_format json_schema) is needed"
        )


def _setup_error(error: GenerationError, card: ModelCard) -> MillraceError:
    if error.kind == "context_overflow":
        size = f" of {card.context_tokens} tokens" if card.context_tokens else ""
        return ModelSetupError(
            f"{error}{size}, before any document: serve it with a longer one, or take another"
        )
    return ModelSetupError(
        f"{error}: a server with structured outputs (response_format json_schema) is needed"
    )


FATAL = (AccessError, ModelSetupError)
"""What no waiting mends."""

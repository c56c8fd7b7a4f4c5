"""A call as OpenAI's chat completions take it."""

import json
from typing import Any

from streams.inference.generation import GenerationRequest
from streams.inference.serving.settings import ServedModelSettings


def request_body(request: GenerationRequest, settings: ServedModelSettings) -> bytes:
    """The JSON of a request for a stream of the answer, with its usage at the end.

    Repeated draws of one prompt differ by their seed, which is the ordinal; the first has none.
    """
    prompt = request.prompt
    messages = [
        {"role": "system", "content": prompt.instructions},
        {"role": "user", "content": prompt.user},
    ]
    if prompt.repair is not None:
        messages += [
            {"role": "assistant", "content": prompt.repair.answer},
            {"role": "user", "content": prompt.repair.problem},
        ]
    body: dict[str, Any] = {
        "model": settings.model,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": prompt.schema, "strict": True},
        },
        "temperature": request.sampling.temperature,
        settings.token_limit: prompt.max_tokens,
    }
    if request.sampling.ordinal:
        body["seed"] = request.sampling.ordinal
    body |= settings.extra_body
    kept = {name: value for name, value in body.items() if value is not None}
    # Lone surrogates in a text are no UTF-8: escaped, they are at least JSON.
    return json.dumps(kept, ensure_ascii=True, separators=(",", ":")).encode()

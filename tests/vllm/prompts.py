"""Prompts of about 1,000 tokens with a schema as the product's own have."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import millrace
from processors.prompting.prompt import Prompt
from streams.inference.generation import GenerationRequest

_SAMPLES = Path(millrace.__file__).parent / "samples"
TEXT = " ".join(
    json.loads(sample.read_text())["text"] for sample in sorted(_SAMPLES.glob("*.json"))
)
_CHARACTERS = 2_500
_EVENT = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["purchase", "personnel", "accident"]},
        "trigger": {"type": "string", "minLength": 20, "maxLength": 60},
    },
    "required": ["kind", "trigger"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {"events": {"type": "array", "items": _EVENT, "minItems": 1, "maxItems": 2}},
    "required": ["events"],
    "additionalProperties": False,
}


def prompt(number: int, question: str = "Which events?", **changes: Any) -> Prompt:
    """The prompt of document `number`: another number is another document."""
    start = number * 131 % (len(TEXT) - _CHARACTERS)
    document = f"Document {number}.\n{TEXT[start : start + _CHARACTERS]}"
    return replace(Prompt("Find the events.", document, question, SCHEMA, 400), **changes)


def request(asked: Prompt, name: str = "call") -> GenerationRequest:
    return GenerationRequest(name, "document", asked)

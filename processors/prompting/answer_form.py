"""The form of an answer in a question: a blank that fits the level's schema."""

import json
from typing import Any

_BLANKS = {"string": "", "integer": 0, "boolean": False}


def blank(schema: Any) -> str:
    """An answer with one of everything and nothing in it, as compact JSON.

    It shows names and nesting to a model whose server holds it to no schema. It is blank because
    small models copy the words of an example into their answers.
    """
    return json.dumps(_blank(schema), separators=(",", ":"))


def _blank(schema: Any) -> object:
    if schema["type"] == "object":
        return {name: _blank(part) for name, part in schema["properties"].items()}
    return [_blank(schema["items"])] if schema["type"] == "array" else _BLANKS[schema["type"]]

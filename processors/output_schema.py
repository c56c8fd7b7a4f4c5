"""What an answer looks like to a language model: the JSON Schema of a level, and both ways to it.

An answer is an ``Output`` of ``schemas.output`` with three differences, which save tokens and leave
a model nothing to get wrong that it can't know:

- a quote is a plain string, not an object: ``at`` is left out, for a model counts no characters;
- ``level`` is left out: the task says it;
- kinds and roles are the profile's, as enumerations, and strings and lists have bounds.

``as_answer`` and ``read_answer`` convert between the two.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.model import describe_invalid
from schemas.output import FoundEvent, Output, Quote
from schemas.profile import Profile
from schemas.topics import Level

QUOTE_CHARACTERS = 300
SUMMARY_CHARACTERS = 400
# Ids of events are short names in a prompt, or 32 hex digits.
ID_CHARACTERS = 64
MOST_MENTIONS = 10
MOST_ARGUMENTS = 20
MOST_RELATIONSHIPS = 200
# A summary task's own limit is no higher; it also ends a model that repeats itself.
MOST_EVENTS = 400

_OUTPUT: TypeAdapter[Output] = TypeAdapter(Output)

Schema = dict[str, object]


def output_schema(profile: Profile, level: Level) -> Schema:
    """The JSON Schema (draft 2020-12) of a level's answer under a profile.

    Every property is required, so that a model decides on each; what is not there is null, an empty
    string or an empty list.
    """
    if level == "relationship":
        return _object(relationships=_list(_relationship(profile), MOST_RELATIONSHIPS))
    if level == "summary":
        return _object(events=_list(_event(profile, {}), MOST_EVENTS))
    return _object(
        event=_event(profile, _surroundings(profile)),
        events=_list(
            _event(profile, {**_surroundings(profile), "belongs": {"type": "boolean"}}),
            MOST_EVENTS,
        ),
    )


def as_answer(output: Output) -> dict[str, Any]:
    """An output in the shape of an answer, with the properties that the level's schema has."""
    if output.level == "relationship":
        return {
            "relationships": [
                {**link.model_dump(), "evidence": link.evidence.text}
                for link in output.relationships
            ]
        }
    if output.level == "summary":
        return {"events": [_outline(event) for event in output.events]}
    return {
        "event": _complete(output.event),
        "events": [{**_complete(event), "belongs": event.belongs} for event in output.events],
    }


def read_answer(level: Level, answer: object) -> Output:
    """An answer as an output of the level.

    Raises:
        ValueError: it has not the level's shape; the message names fields, and quotes nothing.
    """
    if not isinstance(answer, Mapping):
        raise ValueError(f"not a valid {level} answer: should be an object")
    try:
        return _OUTPUT.validate_python({**_quoted(answer), "level": level})
    except ValidationError as error:
        raise ValueError(describe_invalid(f"{level} answer", error)) from None


def _outline(event: FoundEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "trigger": event.trigger.text,
        "summary": event.summary,
        "mentions": [mention.text for mention in event.mentions],
        "salience": event.salience,
        "confidence": event.confidence,
        "polarity": event.polarity,
    }


def _complete(event: FoundEvent) -> dict[str, Any]:
    return {
        **_outline(event),
        "time": _text(event.time),
        "place": _text(event.place),
        "arguments": [
            {"role": argument.role, "value": argument.value.text} for argument in event.arguments
        ],
    }


def _text(quote: Quote | None) -> str | None:
    return None if quote is None else quote.text


# Where an answer has words, an output has a quote.
_QUOTES = frozenset({"trigger", "time", "place", "value", "evidence"})


def _quoted(value: Any, name: str = "") -> Any:
    """The answer with its words made quotes, at every depth."""
    if isinstance(value, Mapping):
        return {key: _quoted(part, str(key)) for key, part in value.items()}
    if isinstance(value, list):
        return [_quoted(part, "trigger" if name == "mentions" else name) for part in value]
    return {"text": value} if isinstance(value, str) and name in _QUOTES else value


def _event(profile: Profile, further: Schema) -> Schema:
    return _object(
        kind=_one_of(profile.events),
        trigger=_words(QUOTE_CHARACTERS),
        summary={"type": "string", "maxLength": SUMMARY_CHARACTERS},
        mentions=_list(_words(QUOTE_CHARACTERS), MOST_MENTIONS),
        salience=_SHARE,
        confidence=_SHARE,
        polarity=_one_of(("positive", "negative", "possible")),
        **further,
    )


def _surroundings(profile: Profile) -> Schema:
    roles = dict.fromkeys(role for event in profile.events.values() for role in event.roles)
    return {
        "time": _or_null(_words(QUOTE_CHARACTERS)),
        "place": _or_null(_words(QUOTE_CHARACTERS)),
        "arguments": _list(
            _object(role=_one_of(roles), value=_words(QUOTE_CHARACTERS)),
            # A profile without roles has no arguments.
            MOST_ARGUMENTS if roles else 0,
        ),
    }


def _relationship(profile: Profile) -> Schema:
    return _object(
        kind=_one_of(profile.relationships),
        source=_words(ID_CHARACTERS),
        target=_words(ID_CHARACTERS),
        evidence=_words(QUOTE_CHARACTERS),
        confidence=_SHARE,
    )


_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}


def _object(**properties: object) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "items": items, "maxItems": most}


def _words(most: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": most}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(names: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(names)}

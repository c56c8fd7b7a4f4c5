"""What an answer looks like to a language model: the JSON Schema of a level.

An answer says what an ``Output`` of ``schemas.output`` says, in fewer tokens and without what a
model can't know:

- fields have the short names of ``fields``; the level is left out, for the task says it;
- a quote is a plain string, for a model counts no characters; where there is none it is empty;
- shares are whole per cent: one token, and no digits without end;
- what is known of the events that a detail task names is not repeated.

Schemas use only what grammars compile fast: no references, unions or numbers with fractions. All
strings have one bound, for each other bound is compiled anew: 300 characters take xgrammar 5 s on a
vocabulary of 128,000 tokens, once, and the same bound in all further schemas nothing. All tasks of
a profile and level have the same schema, so that a compiled grammar is used again: events are named
by a pattern, and the number of them that one task asks for stands in its question.
"""

from collections.abc import Iterable

from processors.prompting.fields import SHORT
from schemas.profile import Profile
from schemas.topics import Level

# Of a quote or a summary. White space without end would fill the answer of a weak model.
WORDS_CHARACTERS = 200
MOST_MENTIONS = 5
MOST_ARGUMENTS = 12
# Enough for a page; it also ends a model that repeats itself.
MOST_EVENTS = 60
MOST_NEARBY = 40
MOST_OTHERS = 10
MOST_RELATIONSHIPS = 100

Schema = dict[str, object]


def answer_schema(profile: Profile, level: Level) -> Schema:
    """The JSON Schema (draft 2020-12) of a level's answer under a profile.

    Every property is required, so that a model decides on each.
    """
    if level == "summary":
        return _object(events=_list(_object(**_outline(profile)), MOST_EVENTS))
    if level == "detail":
        completion = _completion(profile)
        belonging: Schema = {"type": "boolean"}
        return _object(
            event=_object(**completion),
            nearby=_list(_object(id=_NAME, belongs=belonging, **completion), MOST_NEARBY),
            others=_list(_object(**_naming(profile), **completion), MOST_OTHERS),
        )
    return _object(relationships=_list(_relationship(profile), MOST_RELATIONSHIPS))


def _naming(profile: Profile) -> Schema:
    return {
        "kind": _one_of(profile.events),
        "trigger": _WORDS,
        "summary": _WORDS,
    }


def _outline(profile: Profile) -> Schema:
    return {
        **_naming(profile),
        "mentions": _list(_WORDS, MOST_MENTIONS),
        "salience": _PERCENT,
        **_JUDGEMENT,
    }


def _completion(profile: Profile) -> Schema:
    return {**_JUDGEMENT, **_surroundings(profile)}


def _surroundings(profile: Profile) -> Schema:
    roles = roles_of(profile)
    argument = _object(role=_one_of(roles), value=_WORDS)
    schema: Schema = {"time": _WORDS, "place": _WORDS}
    # A list that may hold nothing, of names that do not exist, is refused by grammars.
    return {**schema, "arguments": _list(argument, MOST_ARGUMENTS)} if roles else schema


def roles_of(profile: Profile) -> tuple[str, ...]:
    """The roles of all kinds of events, each once."""
    return tuple(dict.fromkeys(role for event in profile.events.values() for role in event.roles))


def _relationship(profile: Profile) -> Schema:
    return _object(
        kind=_one_of(profile.relationships),
        source=_NAME,
        target=_NAME,
        evidence=_WORDS,
        confidence=_PERCENT,
    )


def _object(**properties: object) -> Schema:
    named = {SHORT[name]: schema for name, schema in properties.items()}
    return {
        "type": "object",
        "properties": named,
        "required": list(named),
        "additionalProperties": False,
    }


def _list(items: Schema, most: int) -> Schema:
    return {"type": "array", "items": items, "maxItems": most}


def _one_of(names: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(names)}


_NAME: Schema = {"type": "string", "pattern": "^e[0-9]{1,3}$"}
_PERCENT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
_WORDS: Schema = {"type": "string", "maxLength": WORDS_CHARACTERS}
_JUDGEMENT: Schema = {
    "confidence": _PERCENT,
    "polarity": _one_of(("positive", "negative", "possible")),
}

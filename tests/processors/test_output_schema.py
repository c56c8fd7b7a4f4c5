from typing import Any

import pytest

from processors.lexical import answer
from processors.output_schema import as_answer, output_schema, read_answer
from processors.summary import plan_summary
from schemas.output import Output, Quote
from schemas.profile import Profile
from schemas.topics import LEVELS, Level
from tests.processors.works import (
    ACME,
    ACME_MENTIONS,
    PROFILES,
    detailed,
    planned,
    related,
    work_of,
)

NEWS = PROFILES["news"]
ANSWER: dict[str, Any] = {
    "kind": "purchase",
    "trigger": "bought",
    "summary": "Acme bought Widget Ltd.",
    "mentions": ["the purchase"],
    "salience": 0.9,
    "confidence": 0.8,
    "polarity": "positive",
}


def problems(value: Any, schema: Any, path: str = "answer") -> list[str]:
    """What of a value does not fit a schema, for the keywords that the schemas use."""
    if "anyOf" in schema:
        tried = [problems(value, option, path) for option in schema["anyOf"]]
        return [] if [] in tried else tried[0]
    types: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if not isinstance(value, types[schema["type"]]):
        return [f"{path} is no {schema['type']}"]
    found: list[str] = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path} is none of its names")
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            found.append(f"{path} has a wrong length")
    elif isinstance(value, list):
        if len(value) > schema["maxItems"]:
            found.append(f"{path} has too many items")
        for place, item in enumerate(value):
            found += problems(item, schema["items"], f"{path}[{place}]")
    elif isinstance(value, dict):
        properties = schema["properties"]
        found += [f"{path} lacks {name}" for name in schema["required"] if name not in value]
        found += [f"{path} has {name}" for name in value if name not in properties]
        for name in properties.keys() & value.keys():
            found += problems(value[name], properties[name], f"{path}.{name}")
    elif schema["type"] == "number" and not schema["minimum"] <= value <= schema["maximum"]:
        found.append(f"{path} is out of bounds")
    return found


def objects(schema: Any) -> list[Any]:
    """Every schema of an object inside a schema."""
    if isinstance(schema, dict):
        inner = [found for part in schema.values() for found in objects(part)]
        return [schema, *inner] if schema.get("type") == "object" else inner
    return [found for part in schema for found in objects(part)] if isinstance(schema, list) else []


def local_outputs(level: Level) -> list[Output]:
    work = work_of(ACME, *ACME_MENTIONS)
    waiting = {
        "summary": lambda: planned(work, plan_summary),
        "detail": lambda: detailed(work),
        "relationship": lambda: related(work),
    }[level]()
    return [answer(task, waiting, NEWS) for task in waiting.tasks]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
class TestEverySchema:
    def test_closes_every_object(self, level: Level, profile: Profile) -> None:
        for schema in objects(output_schema(profile, level)):
            assert schema["additionalProperties"] is False

    def test_requires_every_property(self, level: Level, profile: Profile) -> None:
        for schema in objects(output_schema(profile, level)):
            assert schema["required"] == list(schema["properties"])

    def test_bounds_every_string_and_list(self, level: Level, profile: Profile) -> None:
        for schema in objects(output_schema(profile, level)):
            for part in schema["properties"].values():
                for option in part.get("anyOf", [part]):
                    if option["type"] == "string":
                        assert "enum" in option or option["maxLength"] > 0
                    if option["type"] == "array":
                        assert option["maxItems"] > 0


def test_kinds_are_the_profiles() -> None:
    schema: Any = output_schema(NEWS, "summary")
    event = schema["properties"]["events"]["items"]
    assert event["properties"]["kind"]["enum"] == list(NEWS.events)


def test_roles_are_those_of_all_kinds_each_once() -> None:
    schema: Any = output_schema(NEWS, "detail")
    roles = schema["properties"]["event"]["properties"]["arguments"]["items"]["properties"]["role"]
    assert {"buyer", "attacker", "person"} < set(roles["enum"])
    assert len(roles["enum"]) == len(set(roles["enum"]))


def test_kinds_of_relationships_are_the_profiles() -> None:
    schema: Any = output_schema(NEWS, "relationship")
    link = schema["properties"]["relationships"]["items"]
    assert link["properties"]["kind"]["enum"] == ["precedes", "causes", "part_of", "same_as"]


@pytest.mark.parametrize("level", LEVELS)
def test_the_local_engines_outputs_fit_as_answers(level: Level) -> None:
    outputs = local_outputs(level)
    assert outputs
    for output in outputs:
        assert problems(as_answer(output), output_schema(NEWS, level)) == []


def test_a_wrong_answer_does_not_fit() -> None:
    schema = output_schema(NEWS, "summary")
    assert problems({"events": [ANSWER]}, schema) == []
    assert problems({"events": [ANSWER | {"kind": "wedding"}]}, schema) == [
        "answer.events[0].kind is none of its names"
    ]
    assert problems({"events": [ANSWER], "level": "summary"}, schema) == ["answer has level"]


@pytest.mark.parametrize("level", LEVELS)
def test_an_answer_reads_back_as_the_output_without_offsets(level: Level) -> None:
    for output in local_outputs(level):
        again = read_answer(level, as_answer(output))
        assert again.level == level
        assert as_answer(again) == as_answer(output)


def test_words_become_quotes() -> None:
    output = read_answer("summary", {"events": [ANSWER]})
    assert output.level == "summary"
    assert output.events[0].trigger == Quote(text="bought")
    assert output.events[0].mentions == (Quote(text="the purchase"),)


def test_what_is_not_there_may_be_null() -> None:
    event = ANSWER | {"time": None, "place": None, "arguments": []}
    output = read_answer("detail", {"event": event, "events": []})
    assert output.level == "detail"
    assert output.event.time is None


@pytest.mark.parametrize("answer", [None, [], "events", {"events": [{"kind": "purchase"}]}])
def test_another_shape_is_refused_without_quoting_it(answer: object) -> None:
    with pytest.raises(ValueError, match="not a valid summary answer"):
        read_answer("summary", answer)

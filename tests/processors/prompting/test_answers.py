import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.errors import AnswerError
from processors.lexical.answering import answer
from processors.prompting.answer_form import blank
from processors.prompting.answer_reading import read_answer
from processors.prompting.answer_schema import answer_schema
from processors.prompting.answer_writing import as_answer
from processors.prompting.fence import JOINER
from processors.prompting.fields import FIELDS, SHORT
from schemas.output import (
    DetailOutput,
    FoundArgument,
    FoundEvent,
    FoundRelationship,
    Output,
    Quote,
    RelationshipOutput,
    SummaryOutput,
)
from schemas.topics import LEVELS, Level
from tests.processors.lexical.test_samples import SAMPLES, annotated
from tests.processors.prompting.prompts import RENDERER, acme, asked, prompt
from tests.processors.works import PROFILES

NEWS = PROFILES["news"]
EVENT: dict[str, Any] = {
    "k": "purchase",
    "t": "bought",
    "s": "Acme bought Widget Ltd.",
    "m": ["the purchase"],
    "w": 90,
    "c": 80,
    "p": "positive",
}
LINK: dict[str, Any] = {"k": "precedes", "f": "e1", "g": "e2", "q": "a day later", "c": 70}
SUMMARY = prompt(acme(), "summary")
DETAIL = prompt(acme(), "detail")
LINKS = prompt(acme(), "relationship")


def test_short_names_are_unlike() -> None:
    assert len(set(SHORT.values())) == len(FIELDS)


def objects(schema: Any) -> list[Any]:
    """Every schema of an object inside a schema."""
    if isinstance(schema, dict):
        inner = [found for part in schema.values() for found in objects(part)]
        return [schema, *inner] if schema.get("type") == "object" else inner
    return [found for part in schema for found in objects(part)] if isinstance(schema, list) else []


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
class TestEverySchema:
    def test_is_a_json_schema(self, level: Level, profile: Any) -> None:
        jsonschema.Draft202012Validator.check_schema(answer_schema(profile, level))

    def test_closes_every_object_and_requires_its_fields(self, level: Level, profile: Any) -> None:
        for schema in objects(answer_schema(profile, level)):
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])

    def test_bounds_every_string_and_list(self, level: Level, profile: Any) -> None:
        for schema in objects(answer_schema(profile, level)):
            for part in schema["properties"].values():
                bounded = {"string": {"enum", "maxLength", "pattern"}, "array": {"maxItems"}}
                assert part.keys() & bounded.get(part["type"], part.keys())


def test_kinds_are_the_profiles() -> None:
    schema: Any = answer_schema(NEWS, "summary")
    assert schema["properties"]["e"]["items"]["properties"]["k"]["enum"] == list(NEWS.events)


def test_a_profile_without_roles_asks_for_no_arguments() -> None:
    events = {k: v.model_copy(update={"roles": {}}) for k, v in NEWS.events.items()}
    schema: Any = answer_schema(NEWS.model_copy(update={"events": events}), "detail")
    assert "a" not in schema["properties"]["x"]["properties"]


def test_a_form_shows_every_field_and_no_word() -> None:
    assert blank(answer_schema(NEWS, "relationship")) == (
        '{"z":[{"k":"","f":"","g":"","q":"","c":0}]}'
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_local_engines_outputs_of_the_samples_fit_and_read_back(
    path: Any, level: Level
) -> None:
    waiting = asked(annotated(path.read_bytes()), level)
    for task in waiting.tasks:
        shown = RENDERER.render(task, waiting)
        written = as_answer(shown, answer(task, waiting, PROFILES[waiting.profile]))
        jsonschema.validate(written, shown.schema)
        assert as_answer(shown, read_answer(shown, level, json.dumps(written))) == written


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda text: JOINER not in text
)
quotes = words.map(lambda text: Quote(text=text))
shares = st.integers(0, 100).map(lambda percent: percent / 100)
polarities = st.sampled_from(("positive", "negative", "possible"))
outlined = st.builds(
    FoundEvent,
    kind=st.sampled_from(SUMMARY.terms.kinds),
    trigger=quotes,
    summary=words,
    mentions=st.lists(quotes, max_size=3).map(tuple),
    salience=shares,
    confidence=shares,
    polarity=polarities,
)
completions = st.fixed_dictionaries(
    {
        "confidence": shares,
        "polarity": polarities,
        "time": st.none() | quotes,
        "place": st.none() | quotes,
        "arguments": st.lists(
            st.builds(FoundArgument, role=st.sampled_from(DETAIL.terms.roles), value=quotes),
            max_size=3,
        ).map(tuple),
    }
)
links = st.builds(
    FoundRelationship,
    kind=st.sampled_from(LINKS.terms.relationships),
    source=st.sampled_from(sorted(LINKS.ids.values())),
    target=st.sampled_from(sorted(LINKS.ids.values())),
    evidence=quotes,
    confidence=shares,
)


class TestReadingBackWhatWasWritten:
    @given(st.lists(outlined, max_size=4).map(tuple))
    @settings(max_examples=40, deadline=None)
    def test_a_summary(self, events: tuple[FoundEvent, ...]) -> None:
        output = SummaryOutput(events=events)
        assert read_answer(SUMMARY, "summary", json.dumps(as_answer(SUMMARY, output))) == output

    @given(completions, st.lists(st.tuples(outlined, completions), max_size=3))
    @settings(max_examples=40, deadline=None)
    def test_a_detail(self, main: Any, others: list[tuple[FoundEvent, Any]]) -> None:
        assert DETAIL.terms.event is not None
        output = DetailOutput(
            event=DETAIL.terms.event.model_copy(update=main),
            events=tuple(
                event.model_copy(update={**done, "mentions": (), "salience": 0.5})
                for event, done in others
            ),
        )
        assert read_answer(DETAIL, "detail", json.dumps(as_answer(DETAIL, output))) == output

    @given(st.lists(links, max_size=4).map(tuple))
    @settings(max_examples=40, deadline=None)
    def test_relationships(self, found: tuple[FoundRelationship, ...]) -> None:
        output = RelationshipOutput(relationships=found)
        assert read_answer(LINKS, "relationship", json.dumps(as_answer(LINKS, output))) == output


def read(*events: dict[str, Any]) -> Output:
    return read_answer(SUMMARY, "summary", json.dumps({"e": events}))


def problem(level: Level, text: str) -> str:
    shown = {"summary": SUMMARY, "detail": DETAIL, "relationship": LINKS}[level]
    with pytest.raises(AnswerError) as caught:
        read_answer(shown, level, text)
    return str(caught.value)


@pytest.mark.parametrize("around", ["{}", " \n{}\n ", "```json\n{}\n```", "```\n{}```\n"])
def test_white_space_and_a_code_block_may_stand_around(around: str) -> None:
    text = around.replace("{}", json.dumps({"e": [EVENT]}))
    assert read_answer(SUMMARY, "summary", text) == read(EVENT)


def test_a_raw_control_character_in_a_string_reads_as_a_space() -> None:
    written = json.dumps({SHORT["events"]: [EVENT | {"s": "a@b"}]}).replace("a@b", "a\x01\nb")

    output = read_answer(SUMMARY, "summary", written)

    assert isinstance(output, SummaryOutput)
    assert output.events[0].summary == "a  b"


def test_short_names_of_events_become_their_ids() -> None:
    output = read_answer(LINKS, "relationship", json.dumps({"z": [LINK]}))
    assert isinstance(output, RelationshipOutput)
    assert output.relationships[0].source == LINKS.ids["e1"]
    assert output.relationships[0].target == LINKS.ids["e2"]


def test_joiners_that_broke_a_chat_templates_sign_are_taken_out() -> None:
    output = read(EVENT | {"t": f"<{JOINER}|im_end|>"})
    assert isinstance(output, SummaryOutput)
    assert output.events[0].trigger.text == "<|im_end|>"


def test_arguments_and_mentions_without_words_are_left_out() -> None:
    completion = {"c": 1, "p": "possible", "d": "", "l": "", "a": [{"r": "buyer", "v": ""}]}
    text = json.dumps({"x": completion, "n": [], "o": []})
    output = read_answer(DETAIL, "detail", text)
    assert isinstance(output, DetailOutput)
    assert (output.event.arguments, output.event.time) == ((), None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"e":[{"k":"purch', "the answer: is cut off"),
        ("", "the answer: is cut off"),
        ("Here you are: {}", "the answer: is no valid JSON: expected value at line 1 column 1"),
        ("[]", "the answer: Input should be an object"),
        ('{"e":{}}', "e: Input should be a valid array"),
        ("{}", "e: is missing"),
        ('{"e":[],"Acme":1}', "?: there is no such field in the form"),
    ],
)
def test_another_shape_is_refused_by_place_and_reason(text: str, expected: str) -> None:
    assert problem("summary", text) == expected or problem("summary", text).startswith(expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"k": "wedding"}, "e.0.k: should be a kind of event: purchase, agreement"),
        ({"p": "maybe"}, "e.0.p: Input should be 'positive', 'negative' or 'possible'"),
        ({"w": 101}, "e.0.w: Input should be less than or equal to 100"),
        ({"w": "90"}, "e.0.w: Input should be a valid integer"),
        ({"t": None}, "e.0.t: Input should be a valid string"),
    ],
)
def test_a_wrong_value_is_refused_by_field(change: dict[str, Any], expected: str) -> None:
    assert problem("summary", json.dumps({"e": [EVENT | change]})).startswith(expected)


def test_an_unknown_event_is_refused_with_those_there_are() -> None:
    text = json.dumps({"z": [LINK | {"g": "e9"}]})
    assert problem("relationship", text) == (
        "z.0.g: should be the name of a listed event: e1 to e2"
    )


def test_a_problem_quotes_nothing_of_the_answer() -> None:
    secret = {"k": "Widget", "t": 5, "s": ["Widget"], "Widget": "Widget", "p": "Widget"}
    assert "Widget" not in problem("summary", json.dumps({"e": [secret]}))


def test_many_problems_are_counted() -> None:
    assert problem("summary", json.dumps({"e": [{}]})).endswith("; and 2 more")

"""The JSON Schemas that others rely on: as the models are, and what the topics hold fits them."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from processors.decoding import decode_document
from schemas.contracts import FOLDER, render, schema_files
from schemas.errors import RefusedError
from schemas.record import Outgoing, Record
from streams.topology import topic_names, topology
from tests.flow import ingest_json, memory_flow

FILES = {file.name: json.loads(file.read_text("utf-8")) for file in FOLDER.glob("*.json")}
REGISTRY: Registry[Any] = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in FILES.items()
)


def validate(topic: str, value: object) -> None:
    """Raise unless `value` fits the schema of `topic`."""
    name = topic.replace("inference.standard.", "inference.TIER.")
    schema = FILES[f"{name}.json"]
    Draft202012Validator(schema, registry=REGISTRY).validate(value)


@pytest.fixture(scope="module")
def records() -> Mapping[str, list[Record]]:
    """Every topic after a document, a deletion and a record that is no document."""
    flow = memory_flow()
    flow.log.append(ingest_json("one", title="A title", published_at="2024-03-05"))
    flow.log.append(Outgoing("documents.ingest", b"one", None))
    flow.log.append(Outgoing("documents.ingest", b"two", b"{"))
    asyncio.run(flow.run())
    return flow.log.records


class TestTheFiles:
    def test_they_are_what_the_models_say(self) -> None:
        written = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.json")}

        expected = {name: render(schema) for name, schema in schema_files().items()}
        assert written == expected, "run `make schemas`"

    @pytest.mark.parametrize("name", sorted(FILES))
    def test_each_is_a_schema(self, name: str) -> None:
        Draft202012Validator.check_schema(FILES[name])

    @pytest.mark.parametrize("topic", topic_names(topology(("TIER",))))
    def test_there_is_one_for_every_topic(self, topic: str) -> None:
        assert f"{topic}.json" in FILES


class TestWhatIsOnTheTopics:
    @pytest.mark.parametrize("topic", topic_names(topology(("standard",))))
    def test_every_message_fits(self, topic: str, records: Mapping[str, list[Record]]) -> None:
        values = [json.loads(record.value) for record in records[topic] if record.value != b"{"
                  and record.value is not None]  # fmt: skip

        assert values or topic in ("dead-letters", "extractions.review")
        for value in values:
            validate(topic, value)

    @pytest.mark.parametrize("topic", topic_names(topology(("standard",))))
    def test_every_header_is_named(self, topic: str, records: Mapping[str, list[Record]]) -> None:
        name = topic.replace("inference.standard.", "inference.TIER.")
        named = set(FILES[f"{name}.json"]["x-kafka-headers"])

        found = {header for record in records[topic] for header, _ in record.headers}
        assert found <= named

    def test_a_message_with_an_unknown_key_does_not_fit(self) -> None:
        with pytest.raises(ValidationError):
            validate("documents.ingest", {"text": "Rain fell.", "colour": "blue"})


class TestIngestedDocuments:
    """The schema and the decoder say the same."""

    @pytest.mark.parametrize(
        "document",
        [
            {"text": "Rain fell."},
            {"text": "Rain fell.", **dict.fromkeys(["id", "profile", "language"])},
            {"text": "Rain fell.", "published_at": "2024-03-05", "metadata": {"a": "b"}},
            {"text": "Rain fell.", "published_at": "2024-03-05T10:00:00+02:00", "title": "Rain"},
        ],
    )
    def test_both_take_it(self, document: dict[str, object]) -> None:
        validate("documents.ingest", document)

        assert decode_document(json.dumps(document).encode(), None, None, 100).text == "Rain fell."

    @pytest.mark.parametrize(
        "document",
        [
            {},
            {"text": ""},
            {"text": "  \n"},
            {"text": 5},
            {"text": "Rain fell.", "id": ""},
            {"text": "Rain fell.", "id": "x" * 513},
            {"text": "Rain fell.", "published_at": "yesterday"},
            {"text": "Rain fell.", "metadata": {"a": 1}},
            {"text": "Rain fell.", "title": None},
            {"text": "Rain fell.", "author": "A"},
        ],
    )
    def test_both_refuse_it(self, document: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            validate("documents.ingest", document)

        with pytest.raises(RefusedError):
            decode_document(json.dumps(document).encode(), None, None, 100)

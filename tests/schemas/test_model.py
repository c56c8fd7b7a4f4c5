"""Messages: refused by name when unknown, the same after a round trip."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.document import IngestDocument
from schemas.errors import NewerSchemaError, RefusedError
from schemas.extraction import Deletion
from schemas.ids import content_id, document_id, letter_id

DELETION = json.dumps(
    {
        "schema_version": 1,
        "type": "deletion",
        "document_id": "d",
        "version": str(2**127),
        "origin": {
            "source_topic": "documents.ingest",
            "source_partition": 0,
            "source_offset": 1,
            "ingested_at": "2024-03-03T12:00:00Z",
        },
    }
).encode()


def test_a_message_reads_what_it_wrote() -> None:
    message = Deletion.from_json(DELETION)
    assert Deletion.from_json(message.to_json()) == message


def test_a_version_of_128_bits_survives_readers_of_doubles() -> None:
    written = json.loads(Deletion.from_json(DELETION).to_json())
    assert written["version"] == "170141183460469231731687303715884105728"


def test_a_newer_message_is_refused_as_such_even_if_it_could_be_read() -> None:
    newer = DELETION.replace(b'"schema_version": 1', b'"schema_version": 2')
    with pytest.raises(NewerSchemaError, match="schema_version 2, newer than 1"):
        Deletion.from_json(newer)


def test_an_unknown_key_is_named_and_no_value_is_quoted() -> None:
    with pytest.raises(RefusedError) as caught:
        Deletion.from_json(DELETION.replace(b'"type"', b'"secret": "s3cr3t", "type"'))
    assert str(caught.value) == "not a valid Deletion: secret: unknown key"


def test_only_the_first_problems_are_told() -> None:
    with pytest.raises(RefusedError, match=r"and 2 more$"):
        Deletion.from_json(b'{"a": 1, "b": 2}')


def test_messages_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Deletion.from_json(DELETION).document_id = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2024-03-03", "2024-03-03T00:00:00+00:00"),
        ("2024-03-03T10:30:00", "2024-03-03T10:30:00+00:00"),
        ("2024-03-03T10:30:00+02:00", "2024-03-03T10:30:00+02:00"),
        ("2024-03-03T10:30:00Z", "2024-03-03T10:30:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_utc_and_a_date_its_midnight(given: str, kept: str) -> None:
    document = IngestDocument.model_validate({"text": "x", "published_at": given})
    assert document.published_at is not None
    assert document.published_at.isoformat() == kept


@pytest.mark.parametrize("given", ["yesterday", "", 1709460000, True, "2024-13-01"])
def test_what_is_no_iso_time_is_refused_with_an_example(given: object) -> None:
    with pytest.raises(ValueError, match="ISO 8601, as in 2024-03-03T09:30:00Z"):
        IngestDocument.model_validate({"text": "x", "published_at": given})


def test_ids_are_32_hex_digits_and_repeat() -> None:
    assert content_id("event", "d", 3) == content_id("event", "d", 3)
    assert len(content_id("x")) == len(letter_id("t", 0, 1)) == 32


def test_the_id_of_a_text_is_that_of_its_sha_256() -> None:
    # printf hello | sha256sum | cut -c1-32
    assert document_id("hello") == "2cf24dba5fb0a30e26e83b2ac5b9e29e"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_parts_have_different_ids(left: list[str], right: list[str]) -> None:
    encodable = all(part.isprintable() or part.isascii() for part in left + right)
    if encodable:
        assert (content_id(*left) == content_id(*right)) == (left == right)

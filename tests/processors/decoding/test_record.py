"""Decoding: every record becomes a document or is refused with one plain line."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.decoding import decode_document, decode_key
from schemas.document import IngestDocument
from schemas.errors import RefusedError
from schemas.ids import document_id

LIMIT = 1 << 20
JSON_CASES = Path(__file__).parents[4] / "shared" / "data" / "bad" / "json_parsing"


def decoded(
    value: bytes, content_type: bytes | None = None, key: bytes | None = None, limit: int = LIMIT
) -> IngestDocument:
    return decode_document(value, content_type, key, limit)


def refusal(
    value: bytes, content_type: bytes | None = None, key: bytes | None = None, limit: int = LIMIT
) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        decode_document(value, content_type, key, limit)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 600
    return caught.value


def test_json_is_the_content_type_of_a_record_without_header() -> None:
    assert decoded(b'{"text": "Acme rose."}').text == "Acme rose."


@pytest.mark.parametrize(
    "header",
    [
        b"application/json",
        b"application/json; charset=utf-8",
        b'APPLICATION/JSON;charset="UTF-8"',
        b"application/json; version=1",
    ],
)
def test_json_is_named_with_parameters_or_without(header: bytes) -> None:
    assert decoded(b'{"text": "x"}', header).text == "x"


def test_all_fields_of_a_document_are_read() -> None:
    body = {
        "text": "Acme rose.",
        "id": "a1",
        "title": "Markets",
        "profile": "news",
        "language": "en",
        "published_at": "2024-03-03",
        "source": "wire",
        "metadata": {"desk": "business"},
    }
    document = decoded(json.dumps(body).encode())
    assert (document.id, document.title, document.metadata) == (
        "a1",
        "Markets",
        {"desk": "business"},
    )
    assert document.published_at is not None
    assert document.published_at.isoformat() == "2024-03-03T00:00:00+00:00"


def test_the_text_is_never_altered() -> None:
    text = " \ufeffCafe\u0301\r\nline\x00\x0b end \n\n"
    assert decoded(json.dumps({"text": text}).encode()).text == text
    assert decoded(text.encode(), b"text/plain").text == text


def test_plain_text_is_utf_8_unless_a_charset_is_given() -> None:
    assert decoded("Café".encode(), b"text/plain").text == "Café"
    assert decoded("Café".encode("latin-1"), b"text/plain; charset=iso-8859-1").text == "Café"
    assert decoded("東京".encode("shift_jis"), b"text/plain; charset=Shift_JIS").text == "東京"


@pytest.mark.parametrize(
    "charset", [b"klingon", b"rot13", b"idna", b"unicode_escape", b"a\x00b", b""]
)
def test_a_charset_that_is_no_known_encoding_is_refused(charset: bytes) -> None:
    assert refusal(b"x", b"text/plain; charset=" + charset).kind == "bad_encoding"


def test_a_byte_order_mark_before_json_is_skipped() -> None:
    assert decoded(b'\xef\xbb\xbf{"text": "x"}').text == "x"


def test_an_unknown_content_type_is_refused_with_the_known_ones() -> None:
    error = refusal(b"x", b"application/pdf")
    assert error.kind == "unknown_content_type"
    assert "application/json or text/plain" in error.message


@pytest.mark.parametrize("header", [b"json", b"a/b/c", b"a /b", b"\xff/\xff"])
def test_a_header_that_is_no_content_type_is_refused(header: bytes) -> None:
    assert refusal(b"x", header).kind == "bad_header"


def test_broken_json_is_refused_with_its_byte() -> None:
    error = refusal('{"title": "é", "text": oops}'.encode())
    assert error.kind == "malformed"
    assert error.message.startswith("not JSON at byte 24:")


def test_invalid_utf_8_is_refused_with_its_byte() -> None:
    error = refusal(b'{"text": "\xff"}')
    assert (error.kind, "byte 10" in error.message) == ("bad_encoding", True)
    assert "byte 2:" in refusal(b"ab\xff", b"text/plain").message


def test_a_lone_surrogate_is_refused() -> None:
    error = refusal(rb'{"text": "ab\ud800"}')
    assert error.kind == "bad_encoding"
    assert error.message == "text: lone surrogate at code point 2: remove it"
    assert refusal(rb'{"text": "x", "metadata": {"a": "\udfff"}}').kind == "bad_encoding"
    assert refusal(rb'{"text": "x", "\ud800": 1}').kind == "bad_encoding"


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert decoded(rb'{"text": "\ud83d\ude00"}').text == "😀"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    assert refusal(body).message.startswith("should be a JSON object")


def test_unknown_keys_are_refused_by_name() -> None:
    error = refusal(b'{"text": "x", "txt": "y"}')
    assert error.kind == "malformed"
    assert "txt" in error.message


def test_an_unknown_key_cannot_break_the_line_or_flood_it() -> None:
    body = {"text": "x", "a\nb\u2028" + "c" * 100_000: 1}
    refusal(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 1),
        ("text", None),
        ("id", ["a"]),
        ("id", ""),
        ("metadata", {"a": 1}),
        ("metadata", "a"),
        ("published_at", "yesterday"),
        ("published_at", 5),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(field: str, value: object) -> None:
    error = refusal(json.dumps({"text": "x", field: value}).encode())
    assert error.kind == "malformed"
    assert field in error.message


def test_a_missing_text_is_refused() -> None:
    assert "text" in refusal(b"{}").message


def test_a_refusal_never_quotes_the_document() -> None:
    for body in (b'{"text": "SECRET", "id": 5}', b'{"text": "SECRET', b'{"text": {"SECRET": 1}}'):
        assert "SECRET" not in refusal(body).message


@pytest.mark.parametrize("text", ["", " ", "\r\n\t", "\u3000\u2003"])
def test_a_text_without_content_is_refused(text: str) -> None:
    assert refusal(json.dumps({"text": text}).encode()).kind == "empty"
    assert refusal(text.encode(), b"text/plain").kind == "empty"


def test_the_limit_counts_bytes_of_utf_8() -> None:
    assert decoded("é".encode() * 5, b"text/plain", limit=10).text == "ééééé"
    error = refusal("é".encode() * 5 + b"a", b"text/plain", limit=10)
    assert error.kind == "too_large"
    assert "11 bytes" in error.message
    assert "10" in error.message


def test_a_key_given_twice_is_refused() -> None:
    assert "id: key given twice" in refusal(b'{"text": "x", "id": "a", "id": "b"}').message


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"text":' * 100_000,
        b'{"text": "x", "id": ' + b"9" * 1_000_000 + b"}",
        b'{"text": "x", "id": 1e999999}',
        b'{"text": "x", "id": NaN}',
        b'{"text": "x", "id": -Infinity}',
    ],
    ids=["brackets", "objects", "digits", "exponent", "nan", "infinity"],
)
def test_hostile_json_is_refused(body: bytes) -> None:
    assert refusal(body).kind == "malformed"


def test_the_id_of_the_body_comes_first_then_the_key_then_the_text() -> None:
    assert decoded(b'{"text": "x", "id": "a1"}', key=b"k1").id == "a1"
    assert decoded(b'{"text": "x"}', key="schlüssel".encode()).id == "schlüssel"
    assert decoded(b'{"text": "x"}', key=b"").id == document_id("x")
    assert decoded(b'{"text": "x"}').id == document_id("x")


@pytest.mark.parametrize("identity", ["a\x00b", "a\nb", "\x7f", "a" * 513])
def test_an_id_that_no_table_should_hold_is_refused(identity: str) -> None:
    assert refusal(json.dumps({"text": "x", "id": identity}).encode()).kind == "malformed"
    assert refusal(b'{"text": "x"}', key=identity.encode()).kind == "bad_key"


def test_a_key_that_is_not_utf_8_is_refused_only_where_it_is_needed() -> None:
    assert refusal(b'{"text": "x"}', key=b"\xff").kind == "bad_key"
    assert decoded(b'{"text": "x", "id": "a"}', key=b"\xff").id == "a"


def test_an_empty_key_is_no_id() -> None:
    with pytest.raises(RefusedError, match="0 characters"):
        decode_key(b"")


def test_every_json_parsing_case_is_decoded_or_refused() -> None:
    assert JSON_CASES.is_dir(), f"the corpora of ../shared/data are not there: {JSON_CASES}"
    cases = sorted(JSON_CASES.iterdir())
    assert len(cases) > 200
    for case in cases:
        content = case.read_bytes()
        for value in (content, b'{"text": "x", "metadata": {"a": ' + content + b"}}"):
            with suppress(RefusedError):
                decode_document(value, None, None, LIMIT)


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused(value: bytes) -> None:
    for content_type in (None, b"text/plain", b"text/plain; charset=utf-16", value):
        try:
            document = decode_document(value, content_type, value, LIMIT)
        except RefusedError:
            continue
        assert document.text.strip()
        assert document.id

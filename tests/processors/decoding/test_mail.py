"""Mails: best text, headers, attachments; whatever is broken, a document or a refusal."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.decoding import decode_document
from schemas.document import IngestDocument
from schemas.errors import RefusedError
from schemas.ids import document_id

BROKEN = Path(__file__).parents[4] / "shared" / "data" / "bad" / "emails"
MAIL = (
    b"From: Ann <ann@example.org>\r\nTo: Bo <bo@example.org>\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n"
    b"Message-ID: <m1@example.org>\r\nDate: Sun, 3 Mar 2024 10:30:00 +0100\r\n"
)
MIXED = (
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
    b"--x\r\nContent-Type: %s\r\n\r\n%s\r\n"
    b"--x\r\nContent-Type: application/pdf\r\n"
    b'Content-Disposition: attachment; filename="a.pdf"\r\n\r\n12345\r\n--x--\r\n'
)


def decoded(value: bytes, key: bytes | None = None) -> IngestDocument:
    return decode_document(value, b"message/rfc822", key, 1 << 20)


def test_headers_become_title_date_source_and_metadata() -> None:
    document = decoded(MAIL + b"\r\nAcme rose.\r\n")

    assert document.text == "Acme rose.\n"
    assert (document.title, document.source, document.profile) == (
        "Café", "ann@example.org", "email",
    )  # fmt: skip
    assert str(document.published_at) == "2024-03-03 09:30:00+00:00"
    assert document.metadata["to"] == "Bo <bo@example.org>"
    assert document.metadata["message_id"] == "<m1@example.org>"


def test_the_id_is_the_key_then_the_message_id_then_the_text() -> None:
    assert decoded(MAIL + b"\r\nAcme.", key=b"k").id == "k"
    assert decoded(MAIL + b"\r\nAcme.").id == "m1@example.org"
    assert decoded(b"Subject: x\n\nAcme.").id == document_id("Acme.")


def test_attachments_are_listed_and_not_read() -> None:
    document = decoded(MAIL + MIXED % (b"text/plain", b"Acme rose."))

    assert document.text == "Acme rose."
    assert json.loads(document.metadata["attachments"]) == [
        {"name": "a.pdf", "type": "application/pdf", "bytes": 5}
    ]


def test_html_is_read_where_there_is_no_plain_text() -> None:
    document = decoded(MAIL + MIXED % (b"text/html", b"<p>Acme rose.<p>It fell.<style>a</style>"))
    assert document.text == "Acme rose.\n\nIt fell."


def test_a_mail_without_text_is_refused() -> None:
    with pytest.raises(RefusedError, match="no text beside 1 attached") as caught:
        decoded(MAIL + MIXED % (b"text/plain", b" "))
    assert caught.value.kind == "empty"


def test_a_wrong_charset_is_read_and_noted() -> None:
    document = decoded(b"Content-Type: text/plain; charset=klingon\n\nCaf\xe9 rose.")

    assert document.text == "Café rose."
    assert document.metadata["decoding"] == "not in the charset that it names; read as cp1252"


def test_a_broken_header_costs_nothing_else() -> None:
    document = decoded(b"Date: never\nFrom: <<>>@,\nSubject: Acme\nTo: a@b.org\n\nAcme rose.")

    assert (document.title, document.published_at) == ("Acme", None)
    assert document.metadata["to"] == "a@b.org"


def test_parts_nested_without_end_are_read_or_refused() -> None:
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (one, one)
        for one in range(3_000)
    )
    with suppress(RefusedError):
        decoded(nested + b"\nAcme rose.")


def test_every_broken_mail_is_read_or_refused_wherever_it_is_cut() -> None:
    assert BROKEN.is_dir(), f"the corpora of ../shared/data are not there: {BROKEN}"
    for file in sorted(BROKEN.iterdir()):
        content = file.read_bytes()
        for cut in range(21):
            with suppress(RefusedError):
                decoded(content[: len(content) * cut // 20]).text.encode()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(["Subject", "From", "Content-Type", "Date", "X"]))
def test_any_bytes_are_read_or_refused(value: bytes, header: str) -> None:
    for mail in (value, header.encode() + b": " + value + b"\n\nAcme " + value):
        with suppress(RefusedError):
            decoded(mail).model_dump_json().encode()

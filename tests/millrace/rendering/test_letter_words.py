"""Dead letters in words: one with its record, many in lines, and what is said of a document."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime

from millrace.rendering import letter_lines, letter_list, letter_words
from millrace.rendering.html_document import page
from schemas.letter import Letter, Place
from tests.millrace.rendering.documents import document

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
LETTER = Letter(
    letter_id="0" * 32,
    attempt=2,
    stage="ner",
    kind="empty",
    message="text: empty",
    run_id="",
    document_id="a",
    place=Place("documents.ingest", 3, 42, 1_700_000_000_000),
    key=b"a",
    value=b'{"text": ""}',
    headers=(("x", b"1"), ("x", b"\xff\x00"), ("y", None)),
    failed_at=NOON,
    redriven_at=None,
    text_version=1_700_000_000_000 << 84,
)
TOLD = {
    "letter_id": "0" * 32, "stage": "ner", "kind": "empty", "message": "text: empty",
    "attempt": 1, "failed_at": NOON, "redriven_at": None,
}  # fmt: skip


class TestOne:
    def test_it_says_why_where_and_what(self) -> None:
        assert list(letter_words.lines(LETTER)) == [
            f"letter {'0' * 32}",
            "error: text: empty (empty)",
            "stage: ner, attempt 2, at 2024-03-05 12:00:00 UTC",
            "source: documents.ingest, partition 3, offset 42",
            "document: a",
            "redriven: not yet",
            "key: a",
            "header x: 1",
            "header x: ff 00",
            "header y: none",
            "value: 12 bytes:",
            '{"text": ""}',
        ]

    def test_a_long_text_is_cut(self) -> None:
        *_, head, text = letter_words.lines(replace(LETTER, value="é".encode() * 3_000))

        assert head == "value: 6,000 bytes, the first 2,000 characters:"
        assert text == "é" * 2_000

    def test_what_is_no_text_is_shown_in_hexadecimal_digits(self) -> None:
        lines = list(letter_words.lines(replace(LETTER, value=b"\xff" * 300)))

        assert lines[-9] == "value: 300 bytes that are no text, the first 256:"
        assert lines[-1] == " ".join(["ff"] * 32)

    def test_a_deletion_has_no_value(self) -> None:
        *_, last = letter_words.lines(replace(LETTER, value=None))

        assert last == "value: none, the record deletes its document"

    def test_for_scripts_bytes_that_are_no_text_are_in_base64(self) -> None:
        found = letter_words.as_json(replace(LETTER, value=b"\xff"))

        assert found["value"] == {"bytes": 1, "base64": "/w=="}
        assert found["key"] == {"bytes": 1, "text": "a"}
        assert json.dumps(found, default=str)


def test_a_line_of_an_export_loses_no_byte() -> None:
    found = json.loads(letter_lines.to_line(LETTER))

    assert b64decode(found["key"]) == LETTER.key
    assert b64decode(found["value"]) == LETTER.value
    assert [(name, one and b64decode(one)) for name, one in found["headers"]] == [*LETTER.headers]
    assert int(found["text_version"]) == LETTER.text_version


class TestMany:
    def test_a_list_says_how_many_there_are_in_all(self) -> None:
        row = TOLD | {"document_id": "a", "message": "one\ntwo " + "x" * 200}

        *_, line, last = letter_list.lines([row], 7)

        assert "one two xxx" in line
        assert line.endswith("…")
        assert last == "7 letters, the newest 1 shown"
        assert list(letter_list.lines([], 0)) == ["no dead letters"]

    def test_a_redrive_says_what_it_sent_and_what_it_left_out(self) -> None:
        report = {
            "dry_run": False, "chosen": 3, "redriven": 3, "topics": {"documents.ingest": 3},
            "left_out": {"redriven_before": 2, "about_letters": 0, "over_limit": 1},
        }  # fmt: skip

        assert list(letter_list.redrive_lines(report)) == [
            "3 letters redriven: 3 to documents.ingest; left out: 2 redriven before (--again takes "
            "them too), 1 over --limit"
        ]
        assert next(letter_list.redrive_lines(report | {"dry_run": True})).startswith(
            "3 letters would be redriven, nothing was sent: 3 to"
        )


class TestOfADocument:
    def test_the_command_that_redrives_it_can_be_pasted(self) -> None:
        said, command = letter_words.refused(TOLD, "it's; rm")

        assert said == (
            'the newest text of document "it\'s; rm" was dead-lettered by ner (empty): text: empty'
        )
        assert command.endswith("""--document 'it'"'"'s; rm'""")

    def test_one_on_its_way_again_needs_none(self) -> None:
        *_, last = letter_words.refused(TOLD | {"redriven_at": NOON}, "a")

        assert last == "it was redriven at 2024-03-05 12:00:00 UTC and is on its way"

    def test_its_page_says_it_above_the_older_text(self) -> None:
        shown = page({**document(), "dead_letter": TOLD | {"message": "<b>"}})

        assert shown.index("was dead-lettered by ner (empty): &lt;b&gt;") < shown.index('id="text"')
        assert "dead-lettered" not in page(document())

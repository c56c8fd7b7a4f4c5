"""What `millrace produce` makes of files: documents, and refusals that name the place."""

import gzip
import io
import json
from pathlib import Path

import pytest

from millrace.inputs import Found, InputError, Reading, Refused, expand, parse_fields, read
from schemas.document import IngestDocument
from schemas.ids import document_id


def found(*files: Path | None, reading: Reading | None = None) -> list[Found | Refused]:
    return list(read(files, reading or Reading()))


def documents(*files: Path | None, reading: Reading | None = None) -> list[IngestDocument]:
    results = found(*files, reading=reading)
    assert [one for one in results if isinstance(one, Refused)] == []
    return [one.document for one in results if isinstance(one, Found)]


def refusals(*files: Path | None, reading: Reading | None = None) -> list[Refused]:
    return [one for one in found(*files, reading=reading) if isinstance(one, Refused)]


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "two.jsonl"
    file.write_text('{"id": "a", "text": "One."}\n\n{"id": "b", "text": "Two."}')
    return file


class TestFormats:
    def test_json_lines_are_a_document_each(self, lines: Path) -> None:
        assert [(one.id, one.text) for one in documents(lines)] == [("a", "One."), ("b", "Two.")]

    @pytest.mark.parametrize("name", ["a.jsonl.gz", "a.ndjson.gz", "A.JSONL.GZ"])
    def test_json_lines_may_be_compressed(self, tmp_path: Path, lines: Path, name: str) -> None:
        file = tmp_path / name
        file.write_bytes(gzip.compress(lines.read_bytes()))

        assert [one.id for one in documents(file)] == ["a", "b"]

    def test_a_json_file_is_one_document(self, tmp_path: Path) -> None:
        file = tmp_path / "one.json"
        file.write_text('{\n  "text": "One.",\n  "title": "First"\n}')

        assert [(one.title, one.id) for one in documents(file)] == [("First", document_id("One."))]

    def test_a_text_file_is_one_document_titled_by_its_name(self, tmp_path: Path) -> None:
        file = tmp_path / "From Oslo.txt"
        file.write_bytes("Øl.\r\n".encode())

        (document,) = documents(file)

        assert document.text == "Øl.\r\n"
        assert (document.title, document.source) == ("From Oslo", "From Oslo.txt")

    def test_standard_input_is_json_lines(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given = io.TextIOWrapper(io.BytesIO(b'{"text": "One."}\nbroken\n'))
        monkeypatch.setattr("sys.stdin", given)

        one, other = found(None)

        assert isinstance(one, Found)
        assert (one.place, one.document.text) == ("stdin:1", "One.")
        assert isinstance(other, Refused)
        assert other.place == "stdin:2"

    def test_the_profile_is_that_of_documents_that_name_none(self, tmp_path: Path) -> None:
        file = tmp_path / "two.jsonl"
        file.write_text('{"text": "One.", "profile": "email"}\n{"text": "Two."}\n')

        read_ones = documents(file, reading=Reading(profile="news"))

        assert [one.profile for one in read_ones] == ["email", "news"]


class TestExpand:
    def test_a_folder_is_its_files_that_can_be_read_in_order(self, tmp_path: Path) -> None:
        names = ["b.txt", "a.jsonl", "deep/er/c.JSON", "picture.png", "d.ndjson.gz"]
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()

        assert expand([str(tmp_path)]) == [
            tmp_path / name for name in ("a.jsonl", "b.txt", "d.ndjson.gz", "deep/er/c.JSON")
        ]

    def test_a_glob_is_what_it_matches(self, tmp_path: Path, lines: Path) -> None:
        (tmp_path / "one.txt").touch()

        assert expand([str(tmp_path / "*.jsonl")]) == [lines]

    def test_a_file_whose_name_looks_like_a_glob_is_that_file(self, tmp_path: Path) -> None:
        file = tmp_path / "[a]*.txt"
        file.touch()

        assert expand([str(file)]) == [file]

    def test_a_file_that_is_named_twice_is_read_once(self, lines: Path) -> None:
        assert expand([str(lines), str(lines.parent), "-", "-"]) == [lines, None]

    @pytest.mark.parametrize("path", ["nowhere", "no/*.txt"])
    def test_a_path_without_files_is_an_error(self, path: str) -> None:
        with pytest.raises(InputError, match="no such file, folder or glob"):
            expand([path])

    def test_a_folder_without_documents_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "picture.png").touch()

        with pytest.raises(InputError, match=r"no file in it ends in \.jsonl, "):
            expand([str(tmp_path)])


class TestRefusals:
    def test_a_refused_line_does_not_stop_the_rest(self, tmp_path: Path) -> None:
        file = tmp_path / "mixed.jsonl"
        file.write_bytes(b'{"text": "One."}\nbroken\n{"text": "\xff"}\n[]\n{"text": "Last."}\n')

        results = found(file)

        assert [one.place for one in results] == [f"{file}:{line}" for line in range(1, 6)]
        assert [one.kind for one in results if isinstance(one, Refused)] == [
            "malformed", "bad_encoding", "malformed",
        ]  # fmt: skip

    def test_a_truncated_archive_gives_what_is_whole(self, tmp_path: Path) -> None:
        file = tmp_path / "cut.jsonl.gz"
        whole = b"".join(b'{"text": "%030d"}\n' % number for number in range(10_000))
        compressed = gzip.compress(whole)
        file.write_bytes(compressed[: len(compressed) // 2])

        *read_ones, last = found(file)

        assert len(read_ones) > 100
        assert all(isinstance(one, Found) for one in read_ones)
        assert isinstance(last, Refused)
        assert (last.kind, last.place) == ("unreadable", f"{file}:{len(read_ones) + 1}")

    def test_a_damaged_archive_does_not_stop_the_other_files(
        self, tmp_path: Path, lines: Path
    ) -> None:
        damaged, other = tmp_path / "damaged.jsonl.gz", tmp_path / "none.jsonl.gz"
        content = bytearray(gzip.compress(lines.read_bytes()))
        content[12:20] = b"\xff" * 8
        damaged.write_bytes(content)
        other.write_bytes(b"not gzip at all")

        results = found(damaged, other, lines)

        assert [one.kind for one in results if isinstance(one, Refused)] == ["unreadable"] * 2
        assert [one.document.id for one in results if isinstance(one, Found)] == ["a", "b"]

    def test_a_file_that_cannot_be_read_is_named_with_the_reason(
        self, tmp_path: Path, lines: Path
    ) -> None:
        gone = tmp_path / "gone.txt"

        results = found(gone, lines)

        assert results[0] == Refused(
            str(gone), "unreadable", "cannot be read: No such file or directory"
        )
        assert len(results) == 3

    def test_a_file_of_another_kind_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "picture.png"
        file.touch()

        assert [one.kind for one in refusals(file)] == ["unknown_content_type"]

    @pytest.mark.parametrize("name", ["long.jsonl", "long.json", "long.txt"])
    def test_a_record_without_end_takes_no_memory_without_end(
        self, tmp_path: Path, name: str
    ) -> None:
        file = tmp_path / name
        file.write_bytes(b"x" * 5_500 + b'\n{"text": "Next."}\n')

        results = found(file, reading=Reading(max_record_bytes=1_000))

        assert isinstance(results[0], Refused)
        assert results[0].kind == "too_large"
        after = [one.document.text for one in results if isinstance(one, Found)]
        assert after == (["Next."] if name == "long.jsonl" else [])

    def test_a_text_over_the_limit_is_refused_with_its_size(self, lines: Path) -> None:
        (first, _) = refusals(lines, reading=Reading(max_text_bytes=3))

        assert first.kind == "too_large"
        assert "4 bytes of UTF-8, over the limit of 3" in first.reason

    def test_a_foreign_record_is_refused_with_a_hint_at_field(self, tmp_path: Path) -> None:
        file = tmp_path / "foreign.jsonl"
        file.write_text('{"doc_id": 7, "text": "One."}\n')

        (refused,) = refusals(file)

        assert refused.reason == (
            "not a valid document: doc_id: unknown key; to read foreign records, name fields "
            "with --field"
        )


class TestFields:
    def reading(self, *options: str) -> Reading:
        return Reading(fields=parse_fields(options))

    def write(self, folder: Path, *records: object) -> Path:
        file = folder / "foreign.jsonl"
        file.write_text("".join(json.dumps(record) + "\n" for record in records))
        return file

    def test_fields_are_taken_from_where_they_are_named(self, tmp_path: Path) -> None:
        file = self.write(tmp_path, {"doc_id": "a", "body": "One.", "url": "example.org/a"})

        reading = self.reading("id=doc_id", "text=body", "source=url")
        (document,) = documents(file, reading=reading)

        assert document == IngestDocument(id="a", text="One.", source="example.org/a")

    def test_a_documents_own_fields_are_taken_by_name(self, tmp_path: Path) -> None:
        file = self.write(tmp_path, {"doc_id": "a", "text": "One.", "title": "T", "language": "en"})

        (document,) = documents(file, reading=self.reading("id=doc_id"))

        assert (document.text, document.title, document.language) == ("One.", "T", "en")

    def test_a_named_field_counts_over_an_own_one(self, tmp_path: Path) -> None:
        file = self.write(tmp_path, {"source": "archive", "url": "example.org", "text": "One."})

        (document,) = documents(file, reading=self.reading("source=url"))

        assert document.source == "example.org"

    def test_what_is_not_named_is_left_out_and_counted(self, tmp_path: Path) -> None:
        file = self.write(
            tmp_path,
            {"n": "a", "text": "One.", "mentions": [1], "licence": "x"},
            {"n": "b", "text": "Two.", "mentions": []},
        )
        reading = self.reading("id=n")

        assert len(documents(file, reading=reading)) == 2
        assert reading.left_out == {"mentions": 2, "licence": 1}

    @pytest.mark.parametrize(("number", "expected"), [(42, "42"), (10**18, "1" + "0" * 18)])
    def test_a_number_is_an_id(self, tmp_path: Path, number: int, expected: str) -> None:
        file = self.write(tmp_path, {"n": number, "text": "One."})

        assert [one.id for one in documents(file, reading=self.reading("id=n"))] == [expected]

    def test_null_is_as_if_the_field_were_not_there(self, tmp_path: Path) -> None:
        file = self.write(tmp_path, {"n": None, "text": "One.", "title": None, "url": None})

        (document,) = documents(file, reading=self.reading("id=n", "source=url"))

        assert document == IngestDocument(id=document_id("One."), text="One.")

    def test_a_record_without_the_named_field_lacks_it(self, tmp_path: Path) -> None:
        file = self.write(tmp_path, {"content": "One."})

        (refused,) = refusals(file, reading=self.reading("text=body"))

        assert refused.reason == "not a valid document: text: is missing"

    @pytest.mark.parametrize("value", [["a"], {"a": 1}, True])
    def test_a_value_of_another_shape_is_refused(self, tmp_path: Path, value: object) -> None:
        file = self.write(tmp_path, {"n": value, "text": "One."})

        (refused,) = refusals(file, reading=self.reading("id=n"))

        assert refused.reason.startswith("not a valid document: id: ")

    @pytest.mark.parametrize("line", ["[1]", "7", "broken", '{"text": "a', "[" * 100_000])
    def test_what_is_no_object_is_refused(self, tmp_path: Path, line: str) -> None:
        file = tmp_path / "foreign.jsonl"
        file.write_text(line)

        (refused,) = refusals(file, reading=self.reading("id=n"))

        assert refused.kind == "malformed"

    @pytest.mark.parametrize("option", ["id", "id=", "=n", "key=n", ""])
    def test_an_option_of_another_form_is_an_error(self, option: str) -> None:
        with pytest.raises(InputError, match="should be FIELD=NAME with FIELD one of id, language"):
            parse_fields([option])


MAIL = b"Message-ID: <%s@example.org>\nSubject: Acme\n\n%s\n"
POSTMARK = b"From ann@example.org Sun Mar  3 10:30:00 2024\n"


class TestMailsAndPages:
    def test_a_mail_and_a_page_are_a_document_each(self, tmp_path: Path) -> None:
        mail, page = tmp_path / "one.eml", tmp_path / "two.html"
        mail.write_bytes(MAIL % (b"m1", b"Acme rose."))
        page.write_text("<p>Acme fell.</p>")

        first, second = documents(mail, page)

        assert (first.id, first.title, first.profile) == ("m1@example.org", "Acme", "email")
        assert (second.text, second.title, second.source) == ("Acme fell.", "two", "two.html")

    def test_the_profile_of_the_command_counts_over_that_of_mails(self, tmp_path: Path) -> None:
        mail = tmp_path / "one.eml"
        mail.write_bytes(MAIL % (b"m1", b"Acme rose."))

        assert [one.profile for one in documents(mail, reading=Reading("news"))] == ["news"]

    @pytest.mark.parametrize("name", ["box.mbox", "box.mbox.gz"])
    def test_a_box_is_its_mails_each_named_by_its_line(self, tmp_path: Path, name: str) -> None:
        box = b"".join(
            POSTMARK + MAIL % (one, text) + b"\n"
            for one, text in (
                (b"m1", b"Acme rose.\n\nFrom here on it fell.\n>From now on."),
                (b"m2", b""),
                (b"m3", b"Last."),
            )
        )
        file = tmp_path / name
        file.write_bytes(gzip.compress(box) if name.endswith(".gz") else box)
        file.chmod(0o400)

        first, second, third = found(file)

        assert isinstance(first, Found)
        assert first.document.text.startswith("Acme rose.\n\nFrom here on it fell.\nFrom now on.")
        assert isinstance(second, Refused)
        assert (second.place, second.kind) == (f"{file}:10", "empty")
        assert (third.place, isinstance(third, Found)) == (f"{file}:16", True)

    def test_a_mail_over_the_limit_does_not_cost_the_next(self, tmp_path: Path) -> None:
        file = tmp_path / "box.mbox"
        long, short = MAIL % (b"m1", b"x" * 5_000), MAIL % (b"m2", b"Next.")
        file.write_bytes(POSTMARK + long + b"\n" + POSTMARK + short)

        first, second = found(file, reading=Reading(max_record_bytes=1_000))

        assert isinstance(first, Refused)
        assert first.kind == "too_large"
        assert isinstance(second, Found)

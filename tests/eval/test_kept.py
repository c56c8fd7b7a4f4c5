"""Kept results: what is written is what is read, and what is not ours is refused."""

from pathlib import Path

import pytest

from eval.errors import EvaluationError
from eval.found import Found
from eval.gold import GoldDocument
from eval.kept import KeptDocument, as_line, digest, read_kept
from eval.running import local_system, send_all

TEXT = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later."
DOCUMENT = GoldDocument("made", "d1", "t1", TEXT, published_at="2024-03-05")


def line(**changes: object) -> str:
    about = {
        "system": "local/rules", "profile": "news", "corpus": "made", "split": "test",
        "text": digest(DOCUMENT), "found": Found("d1"),
    }  # fmt: skip
    return as_line(KeptDocument.model_validate(about | changes))


def written(folder: Path, *lines: str) -> Path:
    file = folder / "kept.jsonl"
    file.write_text("".join(lines), "utf-8")
    return file


def test_what_a_system_found_is_read_as_it_was(tmp_path: Path) -> None:
    (found,) = send_all(local_system(), [DOCUMENT]).found
    assert found.events
    assert found.relations

    kept = read_kept(written(tmp_path, line(found=found)))

    assert kept.corpora["made"]["d1"].found == found
    assert (kept.system, kept.split) == ("local/rules", "test")


def test_documents_are_found_by_corpus_and_id(tmp_path: Path) -> None:
    file = written(tmp_path, line(), line(corpus="other"), line(found=Found("d2")))

    corpora = read_kept(file).corpora

    assert {name: list(documents) for name, documents in corpora.items()} == {
        "made": ["d1", "d2"],
        "other": ["d1"],
    }


def test_every_document_is_a_line_of_its_own(tmp_path: Path) -> None:
    refused = line(found=Found("a\nb\u2028", refused="ner: empty"))

    assert refused.count("\n") == 1
    assert list(read_kept(written(tmp_path, refused)).corpora["made"]) == ["a\nb\u2028"]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([], "holds nothing"),
        ([line(), "{}\n"], r"line 2: not what millrace eval --save writes \(system\)"),
        (["text of a document\n"], r"line 1: not what millrace eval --save writes \(all of it\)"),
        ([line(), line(split="dev")], "holds several splits: test, dev"),
        ([line(), line(system="b")], "holds several systems: local/rules, b"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_without_quoting_it(
    tmp_path: Path, lines: list[str], wrong: str
) -> None:
    with pytest.raises(EvaluationError, match=wrong) as caught:
        read_kept(written(tmp_path, *lines))

    assert str(caught.value).startswith(str(tmp_path / "kept.jsonl"))
    assert "text of a document" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"none\.jsonl: cannot be read: No such file"):
        read_kept(tmp_path / "none.jsonl")

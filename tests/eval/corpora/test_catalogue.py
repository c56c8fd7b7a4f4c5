"""The corpora by name, and the folder that they lie in."""

import subprocess
import sys
from pathlib import Path

import pytest

from eval.corpora import wikigold
from eval.corpora.catalogue import CORPORA, read
from eval.corpora.errors import CorpusAbsentError, CorpusError
from eval.corpora.folder import VARIABLE, data_folder
from tests.eval.corpora.written import write_text


@pytest.mark.parametrize("name", CORPORA)
def test_an_absent_corpus_is_an_error_that_names_file_folder_and_variable(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(CorpusAbsentError) as caught:
        list(read(name, tmp_path))
    assert str(tmp_path) in str(caught.value)
    assert VARIABLE in str(caught.value)
    assert "gold/" in str(caught.value) or "ner/" in str(caught.value)


def test_an_unknown_corpus_is_an_error_that_names_those_that_there_are() -> None:
    with pytest.raises(CorpusError, match="no corpus 'timebank': there are meantime, "):
        read("timebank")


def test_the_folder_is_the_given_one_else_the_environments_else_beside_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert data_folder() == Path(__file__).resolve().parents[4] / "shared" / "data"
    monkeypatch.setenv(VARIABLE, "/corpora")
    assert data_folder() == Path("/corpora")
    assert data_folder(tmp_path) == tmp_path


def test_the_command_says_in_one_line_what_is_absent(tmp_path: Path) -> None:
    write_text(tmp_path, wikigold.FILE, "Acme I-ORG\n")
    command = [sys.executable, "-m", "eval.corpora", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("gold/meantime_en.jsonl is not in ")
    assert done.stderr.count("\n") == 1

"""Names by a token classifier, on the true transformers and tiny models made on the spot."""

import socket
import sys
from pathlib import Path

import pytest

from processors.errors import RecogniserError
from processors.recognition.found import Found
from processors.recognition.token_classifier import TokenClassifier
from processors.sentences import split_sentences
from tests.vllm.tiny_classifier import LABELS, make_tiny_classifier

TRAINING = ["zorblat met mirelda quimby in florn . nothing of note came of it ."] * 3
KNOWS = {
    "zorblat": "B-ORG",
    "mirelda": "B-PER",
    "quimby": "I-PER",
    "florn": "B-LOC",
    "note": "B-DATE",
}


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_classifier(tmp_path_factory.mktemp("taught"), TRAINING, knows=KNOWS)


@pytest.fixture(scope="module")
def random(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_classifier(tmp_path_factory.mktemp("random"), TRAINING)


def found(model: Path, text: str) -> list[Found]:
    return TokenClassifier.opened(str(model), "cpu").names(text, split_sentences(text, "en"))


def told(model: Path, text: str) -> list[tuple[str, str, str]]:
    return [(text[one.start : one.end], one.kind, one.origin) for one in found(model, text)]


def test_names_are_whole_words_at_their_exact_characters(taught: Path) -> None:
    text = "\U0001f600 e\u0301 ZORBLAT's met  Mirelda\tQuimby (in Florn). Nothing of note."

    assert told(taught, text) == [
        ("ZORBLAT", "organization", "model"),
        ("Mirelda\tQuimby", "person", "model"),
        ("Florn", "place", "model"),
    ]


def test_a_text_that_is_longer_than_the_model_reads_is_read_to_its_end(taught: Path) -> None:
    words = ["nothing"] * 300
    for at in range(0, 300, 7):
        words[at] = "zorblat"
    text = " ".join(words)

    names = found(taught, text)

    assert [text[one.start : one.end] for one in names] == ["zorblat"] * 43
    assert [one.start for one in names] == sorted({one.start for one in names})


def test_no_name_goes_on_behind_its_sentence(taught: Path) -> None:
    assert told(taught, "It met Mirelda\n\nQuimby came of it.") == [
        ("Mirelda", "person", "model"),
        ("Quimby", "person", "model"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "x",
        "\x00\x01",
        "zorblat" * 500,
        "北京大学在北京。" * 100,
        "\u202e\u0301👨\u200d👩 e\u0301" * 50,
        "a. " * 700,
        "+-----+\n| A | B |\n+-----+\n" * 50,
    ],
)
def test_a_random_model_answers_for_any_text(text: str, random: Path) -> None:
    names = found(random, text)

    assert all(0 <= one.start < one.end <= len(text) for one in names)
    assert [one.start for one in names] == sorted(one.start for one in names)
    assert all(text[one.start : one.end].strip() == text[one.start : one.end] for one in names)


def test_alone_and_among_others_a_sentence_has_the_same_names(taught: Path) -> None:
    text = "Zorblat came. " * 200

    assert len(found(taught, text)) == 200


def test_nothing_is_asked_of_a_network(taught: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)

    assert told(taught, "Zorblat") == [("Zorblat", "organization", "model")]
    with pytest.raises(RecogniserError, match="nothing is downloaded here"):
        TokenClassifier.opened("owner/no-such-model", "cpu")


@pytest.mark.parametrize("model", ["owner/no-such-model", "/no/such/folder", "a/b/c"])
def test_one_that_is_not_there_is_said(model: str) -> None:
    with pytest.raises(RecogniserError, match=f"no model '{model}': .* nothing is downloaded here"):
        TokenClassifier.opened(model, "cpu")


def test_a_name_in_the_cache_is_found_with_its_commit(
    taught: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    folder = tmp_path / "models--owner--names"
    commit = "0123456789abcdef0123456789abcdef01234567"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(commit)
    (folder / "snapshots").mkdir()
    (folder / "snapshots" / commit).symlink_to(taught, target_is_directory=True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))

    opened = TokenClassifier.opened("owner/names", "cpu")

    assert opened.identity == f"transformers/owner/names@{commit}"


def test_other_weights_are_another_identity(random: Path, taught: Path) -> None:
    one, other = (TokenClassifier.opened(str(one), "cpu").identity for one in (random, taught))

    assert one.startswith("transformers/random")
    assert one.partition("@")[2] != other.partition("@")[2]


def test_a_folder_without_a_model_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecogniserError, match=r"cannot be loaded on cpu: \w+: ") as raised:
        TokenClassifier.opened(str(tmp_path), "cpu")

    assert "\n" not in str(raised.value)


def test_a_device_that_is_not_there_is_said(taught: Path) -> None:
    with pytest.raises(RecogniserError, match="cannot be loaded on cuda:99"):
        TokenClassifier.opened(str(taught), "cuda:99")


def test_a_model_of_another_task_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel

    folder = make_tiny_classifier(tmp_path / "bare", TRAINING)
    BertModel(BertConfig.from_pretrained(folder)).save_pretrained(folder)

    with pytest.raises(RecogniserError, match="is no token classifier: it lacks classifier"):
        TokenClassifier.opened(str(folder), "cpu")
    with pytest.raises(RecogniserError):
        TokenClassifier.opened(str(tiny_model), "cpu")


def test_labels_without_names_are_refused(tmp_path: Path) -> None:
    unnamed = make_tiny_classifier(tmp_path, TRAINING, labels=("LABEL_0", "LABEL_1"))

    with pytest.raises(RecogniserError, match="has no label for people"):
        TokenClassifier.opened(str(unnamed), "cpu")


def test_labels_of_dates_are_left_to_the_rules(taught: Path) -> None:
    assert "B-DATE" in LABELS
    assert told(taught, "note of zorblat") == [("zorblat", "organization", "model")]


def test_without_the_extra_it_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)

    with pytest.raises(RecogniserError, match="install millrace with its extra `transformers`"):
        TokenClassifier.opened("owner/names", "cpu")

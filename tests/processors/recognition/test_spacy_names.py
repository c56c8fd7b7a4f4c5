"""Names by a pipeline of spaCy, loaded from disk."""

import sys
from pathlib import Path
from typing import Any

import pytest
import spacy

from processors.errors import RecogniserError
from processors.recognition.found import Found
from processors.recognition.spacy_names import SpacyNames
from processors.sentences import split_sentences

PATTERNS = [
    {"label": "ORG", "pattern": "Zorblat"},
    {"label": "PERSON", "pattern": "Mirelda Quimby"},
    {"label": "GPE", "pattern": "Florn"},
    {"label": "DATE", "pattern": "Tuesday"},
    {"label": "ORG", "pattern": [{"LOWER": "over"}, {"IS_SPACE": True}, {"LOWER": "lines"}]},
]


def written(folder: Path, *components: str, language: str = "en", patterns: Any = PATTERNS) -> str:
    """A pipeline in a folder, with a ruler of made-up names, and others as they are untrained."""
    pipeline = spacy.blank(language)
    for component in components:
        added: Any = pipeline.add_pipe(component)
        if component == "entity_ruler" and patterns:
            added.add_patterns(patterns)
        if component == "ner":
            added.add_label("PERSON")
            pipeline.initialize()
    folder.mkdir(exist_ok=True)
    pipeline.to_disk(folder / "pipeline")
    return str(folder / "pipeline")


def found(model: str, text: str) -> list[Found]:
    return SpacyNames.opened(model).names(text, split_sentences(text, "en"))


def test_names_are_found_at_their_exact_characters(tmp_path: Path) -> None:
    text = "\U0001f600 e\u0301 中 Zorblat met  Mirelda Quimby\tin Florn. Florn fell on Tuesday."

    names = found(written(tmp_path, "entity_ruler"), text)

    assert [(text[one.start : one.end], one.kind, one.origin) for one in names] == [
        ("Zorblat", "organization", "model"),
        ("Mirelda Quimby", "person", "model"),
        ("Florn", "place", "model"),
        ("Florn", "place", "model"),
    ]


def test_a_long_text_is_read_to_its_end(tmp_path: Path) -> None:
    text = "Nothing of note came of it. " * 500 + "Zorblat fell."

    names = found(written(tmp_path, "entity_ruler"), text)

    assert [text[one.start : one.end] for one in names] == ["Zorblat"]


def test_no_name_goes_on_behind_its_sentence(tmp_path: Path) -> None:
    text = "It is over\n\nlines of it are left."

    names = found(written(tmp_path, "entity_ruler"), text)

    assert [text[one.start : one.end] for one in names] == ["over"]


@pytest.mark.parametrize("text", ["", " \n", "x", "\x00", "Zorblat" * 700, "\u202e\u0301👨\u200d"])
def test_an_untrained_pipeline_answers_for_any_text(text: str, tmp_path: Path) -> None:
    names = found(written(tmp_path, "ner"), text)

    assert all(0 <= one.start < one.end <= len(text) for one in names)


def test_what_finds_no_entities_is_left_out_unless_rules_may_ask_for_it(tmp_path: Path) -> None:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("senter")
    recognition: Any = pipeline.add_pipe("ner")
    recognition.add_label("PERSON")
    pipeline.initialize()
    pipeline.to_disk(tmp_path / "plain")
    ruler: Any = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(PATTERNS)
    pipeline.to_disk(tmp_path / "ruled")

    plain, ruled = (
        SpacyNames.opened(str(tmp_path / name))._pipeline.pipe_names for name in ("plain", "ruled")
    )

    assert plain == ["ner"]
    assert ruled == ["senter", "ner", "entity_ruler"]


def test_its_words_are_forgotten_again(tmp_path: Path) -> None:
    names = SpacyNames.opened(written(tmp_path, "entity_ruler"))
    text = "Zorblat met " + " ".join(f"word{number}" for number in range(500))

    before = len(names._pipeline.vocab.strings)
    names.names(text, split_sentences(text, "en"))

    assert len(names._pipeline.vocab.strings) == before


def test_it_reads_the_language_that_it_is_made_for(tmp_path: Path) -> None:
    assert SpacyNames.opened(written(tmp_path, "entity_ruler")).languages == ("en",)
    many = written(tmp_path / "many", "entity_ruler", language="xx")
    assert SpacyNames.opened(many).languages == ()


def test_another_pipeline_is_another_identity(tmp_path: Path) -> None:
    one = SpacyNames.opened(written(tmp_path / "one", "entity_ruler")).identity
    other = SpacyNames.opened(
        written(tmp_path / "other", "entity_ruler", patterns=PATTERNS[:1])
    ).identity

    assert one.startswith("spacy/en_pipeline-0.0.0+")
    assert other != one


@pytest.mark.parametrize("model", ["en_no_such_package", "no/such/folder"])
def test_one_that_is_not_there_is_said(model: str) -> None:
    with pytest.raises(RecogniserError, match="a folder or an installed package; nothing is down"):
        SpacyNames.opened(model)


@pytest.mark.parametrize(
    ("components", "reason"),
    [((), "finds no entities: it has no component such as ner"), (("senter",), "finds no ent")],
)
def test_one_that_finds_no_entities_is_refused(
    components: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(RecogniserError, match=reason):
        SpacyNames.opened(written(tmp_path, *components))


def test_one_that_finds_no_names_is_refused(tmp_path: Path) -> None:
    genes = written(tmp_path, "entity_ruler", patterns=[{"label": "GENE", "pattern": "p53"}])

    with pytest.raises(RecogniserError, match=r"no label for people.*\(its labels: GENE\)"):
        SpacyNames.opened(genes)


def test_a_folder_that_is_none_of_spacy_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecogniserError, match=r"cannot be loaded: OSError: \[E053\]") as raised:
        SpacyNames.opened(str(tmp_path))

    assert "\n" not in str(raised.value)


def test_without_the_extra_it_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)

    with pytest.raises(RecogniserError, match="install millrace with its extra `spacy`"):
        SpacyNames.opened("en_core_web_sm")

"""Names by a model: of whole tokens, in order, without overlaps, whatever the text."""

from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest

from eval.gold import GoldDocument, GoldEntity, Span
from processors.errors import ModelFileError
from processors.learned.entity_tagging import EntityTagger, boundaries
from processors.learned.entity_words import EntityWords
from processors.recognition.found import Found
from processors.recognition.names import find_names
from processors.sentences import split_sentences
from tests.processors.learned.folders import folder_with
from training.entities import fitted

_PEOPLE = ("Zorblat", "Quimby", "Florn", "Mirelda", "Tavish", "Oskelly")
_NO_WORDS = EntityWords(clusters={}, names={}, parts={})


def _lesson(name: str) -> GoldDocument:
    text = f"Then {name} said so. It rained on the green hills."
    start = text.index(name)
    return GoldDocument(
        corpus="lessons",
        document_id=name,
        topic=name,
        text=text,
        entities=(GoldEntity(Span(start, start + len(name)), "person", is_name=True),),
    )


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> EntityTagger:
    files = {
        "entities.crf": fitted(map(_lesson, _PEOPLE), _NO_WORDS),
        "entities.words": _NO_WORDS.to_json(),
    }
    return EntityTagger.opened(folder_with(tmp_path_factory.mktemp("models"), files))


def _names(tagger: EntityTagger, text: str) -> list[Found]:
    sentences = split_sentences(text, "en")
    return tagger.names(text, sentences, find_names(text, sentences, sure_only=False))


def test_what_was_learned_is_found_in_another_text(tagger: EntityTagger) -> None:
    text = "Nothing came of it. Then Brandel said so."

    assert [(text[one.start : one.end], one.kind) for one in _names(tagger, text)] == [
        ("Brandel", "person")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "x",
        "Then",
        "THEN BRANDEL SAID SO. IT RAINED ON THE GREEN HILLS.",
        "then brandel said so",
        "+-----+-----+\n| A   | B   |\n+-----+-----+\n" * 20,
        "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZw==" * 50,
        "Th3n Br@ndel sa1d s0, 1t ra!ned 0n teh gr33n hi11s",
        "Then 田中さん said so. 東京で会議。 Dann sagte Müller es.",
        "Then e\u0301lan \U0001f468\u200d\U0001f469\u200d\U0001f467 said \u202eso\u202c.",
        "\x00\x01\ufffd Then \ufeffBrandel said so.",
    ],
)
def test_names_are_whole_tokens_apart_from_each_other(tagger: EntityTagger, text: str) -> None:
    names = _names(tagger, text)

    assert names == sorted(names)
    assert all(0 <= one.start < one.end <= len(text) for one in names)
    assert all(text[one.start : one.end].strip() == text[one.start : one.end] for one in names)
    assert all(one.end <= other.start for one, other in pairwise(names))


@pytest.mark.parametrize("piece", ["Brandel ", "word ", "A", "Then Brandel said "])
def test_time_grows_with_the_length_of_the_text_alone(tagger: EntityTagger, piece: str) -> None:
    def spent(characters: int) -> float:
        text = piece * (characters // len(piece))
        began = process_time()
        _names(tagger, text)
        return process_time() - began

    spent(10_000)
    assert spent(80_000) < 24 * max(spent(10_000), 0.01)


def test_a_damaged_model_is_refused_in_one_line(tmp_path: Path) -> None:
    files = {"entities.crf": b"model", "entities.words": _NO_WORDS.to_json()}
    models = folder_with(tmp_path, files)
    (tmp_path / "entities.crf").write_bytes(b"no model")

    with pytest.raises(ModelFileError, match=r"entities\.crf is damaged: run `millrace train`"):
        EntityTagger.opened(models)


def test_a_name_ends_where_the_next_label_does_not_go_on() -> None:
    assert boundaries(["B-person", "I-person", "B-person", "O", "B-place", "I-person"]) == [
        "B-person",
        "E-person",
        "S-person",
        "O",
        "S-place",
        "E-person",
    ]

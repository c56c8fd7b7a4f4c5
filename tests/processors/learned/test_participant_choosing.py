from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from processors.errors import ModelFileError
from processors.learned.maxent import Maxent
from processors.learned.participant_choosing import (
    DOER,
    UNDERGOER,
    ParticipantChooser,
    Parts,
    participant_chooser,
)
from processors.lexical.sentence import Sentence
from tests.processors.learned.folders import folder_with
from tests.processors.learned.sentences import marked
from tests.training.events import told
from training.participants import Trained, fitted, labelled


@cache
def small_chooser() -> ParticipantChooser:
    """Knows who buys and sells what, and where."""
    return ParticipantChooser(*map(Maxent.from_bytes, small_models()))


@cache
def small_models() -> Trained:
    """From four sentences."""
    lessons = [
        told("Acme bought the mill in Leeds.", ("bought", "Acme", "the mill", "Leeds")),
        told("She sold it in London.", ("sold", "She", "it", "London")),
        told("They bought the saws in Paris.", ("bought", "They", "the saws", "Paris")),
        told("The bank sold two jets.", ("sold", "The bank", "two jets", "")),
    ]
    return fitted(one for _ in range(5) for lesson in lessons for one in labelled(lesson))


def read(words: str) -> tuple[Sentence, list[Parts]]:
    sentence, triggers = marked(words)
    return sentence, small_chooser().read(sentence, triggers)


def test_finds_who_takes_part_and_as_what() -> None:
    sentence, (parts,) = read("Widget *bought the bank .")
    found = [(sentence.words[one.head], one.part) for one in parts.participants]
    assert found == [("widget", DOER), ("bank", UNDERGOER)]


def test_each_event_has_its_own() -> None:
    sentence, (bought, sold) = read("Widget *bought the bank and they *sold it .")
    assert sentence.words[bought.participants[0].head] == "widget"
    assert {"they", "it"} <= {sentence.words[one.head] for one in sold.participants}


def test_finds_where() -> None:
    sentence, (parts,) = read("Widget *bought the bank in Rome .")
    assert parts.place is not None
    assert sentence.words[parts.place.first : parts.place.last + 1] == ["rome"]


def test_participants_of_an_event_share_no_word() -> None:
    _, (parts,) = read("the head of the mill *bought the bank of the town in Rome .")
    spans = [(one.first, one.last) for one in parts.participants]
    assert all(one[1] < other[0] for one, other in pairwise(spans))


def test_has_nothing_to_say_without_events_or_phrases() -> None:
    assert read("Nobody there .")[1] == []
    assert read("*Go !")[1] == [Parts()]


def test_says_how_probable_what_it_left_out_is() -> None:
    _, (parts,) = read("Widget *bought the bank in Rome .")
    assert parts.probability(0, 0) > 0.5 > parts.probability(5, 5)
    assert parts.place_probability(5, 5) > 0.5 > parts.place_probability(0, 0)
    assert parts.probability(4, 4) == 0.0


@pytest.mark.parametrize("missing", ["participants.weights", "participants.cuts"])
def test_a_missing_model_is_named(tmp_path: Path, missing: str) -> None:
    pairs, cuts = small_models()
    models = folder_with(tmp_path, {"participants.weights": pairs, "participants.cuts": cuts})
    (tmp_path / missing).unlink()
    with pytest.raises(ModelFileError, match=f"{missing} is missing: run `millrace train`"):
        participant_chooser(models)

"""What the model of names learns from: names as they are plainly written, the same every time."""

from tests.training.documents import document
from training.entities import as_read, fitted, words_of

_LESSONS = [
    document("Then Zorblat left Quimby. It rained.", ("Zorblat", "person"), ("Quimby", "place")),
    document("They saw the New Florn Council in Quimby.", ("New Florn Council", "organization")),
    document("The Acme and a company of old.", ("The Acme", "organization"), ("of old", "person")),
]


def test_names_are_listed_with_the_places_of_their_words() -> None:
    words = words_of(_LESSONS, _LESSONS, seed=0)

    assert {name: dict(kinds) for name, kinds in words.names.items()} == {
        "zorblat": {"person": 1},
        "quimby": {"place": 1},
        "new florn council": {"organization": 1},
    }
    assert words.parts["florn"] == ["morganization"]


def test_the_same_documents_make_the_same_model() -> None:
    words = words_of(_LESSONS * 4, _LESSONS, seed=0)
    again = words_of(_LESSONS * 4, _LESSONS, seed=0)

    assert words.to_json() == again.to_json()
    assert fitted(_LESSONS, words) == fitted(_LESSONS, again)


def test_words_that_are_used_alike_are_in_one_cluster() -> None:
    towns = ("arbon", "brig", "chur")
    texts = [document(f"they went to {town} by train today .") for town in towns for _ in range(9)]
    words = words_of([*texts, *(document("rain fell on hills") for _ in range(9))], [], seed=0)

    assert words.clusters["arbon"] == words.clusters["brig"]
    assert words.clusters["arbon"][-1] != words.clusters["rain"][-1]


def test_a_document_is_read_as_the_tagger_will_see_it() -> None:
    read = as_read(_LESSONS[0])

    assert [[token.text for token in one] for one in read.sentences] == [
        ["Then", "Zorblat", "left", "Quimby", "."],
        ["It", "rained", "."],
    ]
    assert [(one.start, one.kind) for one in read.names] == [(5, "person"), (18, "place")]

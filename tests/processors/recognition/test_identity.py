"""Identity: mentions of one entity share its id, in all documents."""

import pytest

from processors.recognition.identity import normalised
from schemas.annotation import EntityMention
from schemas.ids import content_id
from tests.processors.documents import entities_of


def one(text: str, mention: str) -> EntityMention:
    return next(entity for entity in entities_of(text) if entity.text == mention)


def test_a_mention_is_identified_by_document_kind_and_span() -> None:
    mention = one("They met in London.", "London")
    assert mention.mention_id == content_id("mention", "d1", "place", 12, 18)
    assert mention.entity_id == content_id("entity", "place", "london")


def test_a_short_name_shares_the_id_of_the_full_one() -> None:
    text = "Barack Obama met Widget Ltd. Obama left, and Widget lost."
    assert one(text, "Obama").entity_id == one(text, "Barack Obama").entity_id
    assert one(text, "Obama").value == "Barack Obama"
    assert one(text, "Widget").entity_id == one(text, "Widget Ltd.").entity_id


def test_a_family_name_that_two_people_share_is_neither() -> None:
    text = "They saw Bill Clinton and Hillary Clinton. Clinton left."
    ids = {entity.text: entity.entity_id for entity in entities_of(text)}
    assert len({ids["Bill Clinton"], ids["Hillary Clinton"], ids["Clinton"]}) == 3


def test_an_entity_has_one_id_in_all_documents() -> None:
    first = one("He works for Widget Ltd now.", "Widget Ltd")
    second = one("They sued Widget Ltd, of course.", "Widget Ltd")
    assert first.entity_id == second.entity_id


def test_all_names_of_a_place_are_one_place() -> None:
    ids = {one("He left the U.S. then.", "U.S.").entity_id}
    ids.add(one("He left the United States then.", "United States").entity_id)
    ids.add(one("他去了美国。", "美国").entity_id)
    assert len(ids) == 1


def test_equal_values_are_one_entity() -> None:
    text = "On 3 March 2024, that is 2024-03-03, they met."
    assert one(text, "3 March 2024").entity_id == one(text, "2024-03-03").entity_id


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Widget Ltd", "widget"),
        ("Widget  Ltd.", "widget"),
        ("Acme, Inc.", "acme"),
        ("The Acme Corp", "acme"),
        ("ソニー株式会社", "ソニー"),
        ("株式会社ソニー", "ソニー"),
        ("Limited", "limited"),
    ],
)
def test_legal_forms_tell_no_organizations_apart(name: str, key: str) -> None:
    assert normalised("organization", name) == key

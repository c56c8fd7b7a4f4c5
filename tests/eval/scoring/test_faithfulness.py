from dataclasses import replace

from eval.found import FoundArgument, FoundRelation, Words
from eval.gold import Span
from tests.eval.scoring.made import arguments, at, counts, entity, event, found, gold, time, words

NOWHERE = Words("a takeover bid", None, "ungrounded")
BOUGHT = event("bought", arguments=arguments("Acme"), place=words("London"))


def test_what_quotes_the_text_is_right_in_all_rates() -> None:
    ours = found(BOUGHT, entities=(entity("Acme", "organization"),))

    assert counts("grounding", gold(), ours) == (2, 0, 0)
    # A trigger, its mention, an argument, a place, an entity.
    assert counts("offsets", gold(), ours) == (5, 0, 0)
    assert counts("not invented", gold(), ours) == (5, 0, 0)


def test_what_is_ungrounded_is_an_invention_but_has_no_wrong_offsets() -> None:
    invented = replace(BOUGHT, arguments=(FoundArgument(NOWHERE, "object"),))
    evidence = FoundRelation("bought", "bought", "causes", NOWHERE)

    ours = found(invented, relations=(evidence,))

    assert counts("grounding", gold(), ours) == (1, 2, 0)
    assert counts("offsets", gold(), ours) == (3, 0, 0)
    assert counts("not invented", gold(), ours) == (3, 2, 0)


def test_offsets_that_are_off_by_one_are_wrong() -> None:
    start, end = at("Acme")
    moved = replace(entity("Acme", "organization"), span=Span(start + 1, end + 1))

    assert counts("offsets", gold(), found(entities=(moved,))) == (0, 1, 0)
    assert counts("not invented", gold(), found(entities=(moved,))) == (1, 0, 0)


def test_offsets_outside_of_the_text_and_empty_ones_are_wrong() -> None:
    end = len(gold().text)
    beyond = replace(BOUGHT, mentions=(Span(end - 1, end + 1), Span(3, 3)), place=None)

    assert counts("offsets", gold(), found(replace(beyond, arguments=()))) == (1, 2, 0)


def test_the_words_of_a_time_are_checked() -> None:
    wrong = replace(time("3 March 2024", "2024"), words=Words("4 March 2024", at("Acme"), "exact"))

    ours = found(event("bought", time=wrong))

    assert counts("offsets", gold(), ours) == (2, 1, 0)
    assert counts("not invented", gold(), ours) == (2, 1, 0)


def test_scored_regions_do_not_matter() -> None:
    assert counts("offsets", gold(scored=()), found(BOUGHT)) == (4, 0, 0)

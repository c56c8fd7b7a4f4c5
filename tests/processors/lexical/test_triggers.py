import pytest

from tests.processors.lexical.reading import kinds


@pytest.mark.parametrize(
    "text",
    [
        "Acme buys Widget.",
        "Acme bought Widget.",
        "Acme has bought Widget.",
        "Acme is buying Widget.",
        "Widget was bought by Acme.",
        "ACME BOUGHT WIDGET.",
    ],
)
def test_a_verb_is_found_in_all_its_forms(text: str) -> None:
    assert kinds(text).lower().startswith("purchase:b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The purchase was expensive.", "purchase:purchase"),
        ("Two acquisitions followed.", "purchase:acquisitions"),
        ("Aftershocks were felt for hours.", "disaster:Aftershocks"),
        ("The trip was cancelled in spring.", ""),
    ],
)
def test_a_noun_is_found_in_both_numbers(text: str, expected: str) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The chief executive stepped down.", "personnel:stepped down"),
        ("The workers went on strike.", "protest:went on strike"),
        ("The firm is rolling out a phone.", "product_launch:rolling out"),
        ("They reached a deal.", "agreement:reached a deal"),
    ],
)
def test_several_words_are_one_trigger(text: str, expected: str) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The firm fired its director.", "personnel:fired"),
        ("A fire broke out.", "disaster:fire"),
        ("The fire spread quickly.", "disaster:fire"),
        ("They fire people every week.", "personnel:fire"),
        ("Rebels attack the town.", "attack:attack"),
        ("The attack lasted an hour.", "attack:attack"),
        ("Rebel attacks lasted an hour.", "attack:attacks"),
        ("He will march to the palace.", "protest:march"),
        ("The march was long.", "protest:march"),
        ("They strike the bell.", ""),
        ("The strike hurt the firm.", "protest:strike"),
        ("Acme plans to launch a phone.", "product_launch:launch"),
        ("The launch was late.", "product_launch:launch"),
        ("A shooting shook the town.", "attack:shooting"),
        ("They were shooting at the town.", "attack:shooting"),
        ("The killing of a guard shook the town.", "casualty:killing"),
        ("A gas leak was found.", "accident:leak"),
        ("A bombing shook the town.", "attack:bombing"),
        ("They are bombing the town.", "attack:bombing"),
    ],
)
def test_words_that_are_noun_and_verb_are_told_apart(text: str, expected: str) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The fire department has a new car.",
        "A retired teacher lives there.",
        "Her first married name is unknown.",
        "Sent: yesterday",
        "Nobody knows why the lighthouse is white.",
        "",
        "   \r\n ",
        "🎉👩‍🚀",
    ],
)
def test_what_is_no_event_is_not_found(text: str) -> None:
    assert kinds(text, profile="email" if text.startswith("Sent") else "news") == ""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("organization", "Crash Records"),
        ("person", "April Strike"),
        ("place", "Battle"),
        ("date", "3 March 2024"),
    ],
)
def test_a_word_of_a_name_is_no_trigger(kind: str, name: str) -> None:
    assert kinds(f"We saw it in {name} again.", (kind, name)) == ""


def test_the_object_of_a_verb_of_its_kind_is_the_same_event() -> None:
    assert kinds("Acme signed a contract with Widget.") == "agreement:signed"


def test_the_longest_trigger_counts() -> None:
    assert kinds("He won the election.") == "election:won the election"


def test_contracted_words_are_read_apart() -> None:
    assert kinds("He'll visit us.", profile="email") == "travel:visit"
    assert kinds("I’ll come.", profile="email") == "commitment:I’ll"


@pytest.mark.parametrize("language", ["und", "fr", "xx", "ar"])
def test_a_language_without_words_has_no_events(language: str) -> None:
    assert kinds("Acme bought Widget.", language=language) == ""


def test_a_region_of_a_language_does_not_matter() -> None:
    assert kinds("Acme bought Widget.", language="en-GB") == "purchase:bought"

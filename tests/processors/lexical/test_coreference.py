import pytest

from tests.processors.lexical.reading import kinds, roles, told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An earthquake struck. The quake was strong.", "disaster:earthquake"),
        ("Voters elected Ann. The election was close.", "election:elected"),
        ("Acme bought Widget, its largest purchase so far.", "purchase:bought"),
        ("A strike began. Another strike followed.", "protest:strike protest:strike"),
        ("A strike began. The fire was small.", "protest:strike disaster:fire"),
        ("No strike took place. The strike was loud.", "protest:strike protest:strike"),
    ],
)
def test_a_definite_noun_means_the_event_told_before(text: str, expected: str) -> None:
    assert kinds(text) == expected


def test_the_second_words_become_a_mention() -> None:
    (event,) = told("An earthquake struck. The quake was strong.")
    assert [(mention.text, mention.at) for mention in event.mentions] == [("quake", 26)]


def test_what_was_told_long_ago_is_not_meant() -> None:
    text = "An earthquake struck. " + "It was cold. " * 20 + "The quake was strong."
    assert kinds(text) == "disaster:earthquake disaster:quake"


def test_japanese_and_chinese_point_back_as_well() -> None:
    assert kinds("地震が発生した。この地震は強かった。", language="ja") == "disaster:地震"
    assert kinds("发生地震。此次地震很强。", language="zh") == "disaster:地震"


def mentions(text: str, *marked: tuple[str, ...]) -> dict[str, list[str]]:
    """The further words of each event, by its trigger."""
    return {
        event.trigger.text: [mention.text for mention in event.mentions]
        for event in told(text, *marked)
        if event.kind != "other"
    }


class TestTheSameWord:
    ACME = ("organization", "Acme")
    WIDGET = ("organization", "Widget")

    def test_is_the_same_event_where_one_who_takes_part_is_the_same(self) -> None:
        text = "Acme acquired Widget. It was cold. In May, Acme acquired Widget."
        assert mentions(text, self.ACME, self.WIDGET) == {"acquired": ["acquired"]}

    def test_is_another_event_of_others(self) -> None:
        text = "Acme acquired Widget. In May, Zeta acquired Omega."
        names = (self.ACME, self.WIDGET, ("organization", "Zeta"), ("organization", "Omega"))
        assert [event.trigger.text for event in told(text, *names)].count("acquired") == 2

    def test_is_another_event_where_it_did_not_happen(self) -> None:
        text = "Acme acquired Widget. Acme has not acquired Widget."
        acquired = [one for one in told(text, self.ACME, self.WIDGET) if one.kind == "purchase"]
        assert [one.polarity for one in acquired] == ["positive", "negative"]

    def test_as_a_noun_is_the_same_event(self) -> None:
        text = "Acme appointed Ann Lee. Critics of Acme's appointment of Ann Lee were loud."
        ann = ("person", "Ann Lee")
        assert mentions(text, self.ACME, ann)["appointed"] == ["appointment"]

    def test_in_a_headline_is_told_anew(self) -> None:
        text = "Ann Lee resigns\n\nThe mayor resigned in Lima on Monday."
        assert mentions(text, ("person", "Ann Lee")) == {"resigns": ["resigned"]}


def test_several_are_not_the_one_before() -> None:
    text = "Acme announced an acquisition. The acquisitions of Zeta were small."
    found = told(text, ("organization", "Acme"), ("organization", "Zeta"))
    assert [one.trigger.text for one in found if one.kind == "purchase"] == [
        "acquisition",
        "acquisitions",
    ]


def test_a_short_word_is_not_part_of_a_longer_one() -> None:
    text = "It is a mill. The decision was late."
    assert all(not event.mentions for event in told(text))


def test_what_is_said_where_it_is_told_again_belongs_to_it() -> None:
    text = "Acme acquired Widget. Last May, Acme acquired Widget for $5 million."
    marked = (
        ("organization", "Acme"),
        ("organization", "Widget"),
        ("money", "$5 million"),
    )
    assert roles(text, "acquired", *marked)["price"] == "$5 million"

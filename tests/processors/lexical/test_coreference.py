import pytest

from tests.processors.lexical.reading import kinds, told


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

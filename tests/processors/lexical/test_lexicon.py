import pytest

from processors.lexical.lexicon import lemma, lexicon_of
from schemas.profile import EventKind, Profile
from tests.processors.lexical.reading import kinds
from tests.processors.works import PROFILES


def profile(**triggers: tuple[str, ...]) -> Profile:
    event = EventKind(definition="It rains.", triggers=triggers)
    return Profile(
        name="weather",
        version=1,
        description="Weather.",
        entities={},
        events={"rain": event},
        relationships={},
    )


def entry(trigger: str) -> tuple[tuple[str, ...], int, str]:
    lexicon = lexicon_of(profile(en=(trigger,)), "en")
    ((found,),) = lexicon.entries.values()
    return found.words, found.head, found.part_of_speech


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ("to rain", (("rain",), 0, "verb")),
        ("to pour down", (("pour", "down"), 0, "verb")),
        ("a storm", (("storm",), 0, "noun")),
        ("an ice storm", (("ice", "storm"), 1, "noun")),
        ("a loss of power", (("loss", "of", "power"), 0, "noun")),
        ("overcast", (("overcast",), 0, "any")),
        ("I'll", (("i", "'ll"), 1, "any")),
    ],
)
def test_an_english_trigger_says_its_part_of_speech(
    trigger: str, expected: tuple[tuple[str, ...], int, str]
) -> None:
    assert entry(trigger) == expected


def test_a_lexicon_is_made_once_for_a_profile() -> None:
    one = profile(en=("to rain",))
    assert lexicon_of(one, "en") is lexicon_of(one, "en-GB")


def test_equal_names_do_not_mix_profiles_up() -> None:
    one, other = profile(en=("to rain",)), profile(en=("to snow",))
    assert list(lexicon_of(one, "en").entries) == ["rain"]
    assert list(lexicon_of(other, "en").entries) == ["snow"]


def test_a_language_without_triggers_is_empty() -> None:
    assert lexicon_of(PROFILES["news"], "und").is_empty
    assert not lexicon_of(PROFILES["news"], "zh").is_empty


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("bought", "buy"),
        ("resigned", "resign"),
        ("travelling", "travel"),
        ("cancelled", "cancel"),
        ("selling", "sell"),
        ("killed", "kill"),
        ("won", "win"),
        ("elections", "election"),
    ],
)
def test_words_are_led_back_to_their_base(word: str, base: str) -> None:
    assert lemma(word, "en") == base


def test_a_language_without_a_dictionary_keeps_its_words() -> None:
    assert lemma("whatever", "xx") == "whatever"


def test_another_language_needs_only_words(monkeypatch: pytest.MonkeyPatch) -> None:
    events = {"purchase": EventKind(definition="Kauf.", triggers={"de": ("kaufen",)})}
    german = PROFILES["news"].model_copy(update={"events": events})
    monkeypatch.setitem(PROFILES, "news", german)
    assert kinds("Die Acme kaufte gestern Widget.", language="de") == "purchase:kaufte"

"""The language of a text: as given, else as far as script and words allow to say."""

import pytest

from processors.language import determine_language
from schemas.errors import RefusedError
from tests.processors.documents import ACME


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ACME, "en"),
        ("Il a dit que la société avait acheté une autre entreprise à Paris.", "und"),
        ("Der Vorstand hat am Montag die Übernahme der Firma bekannt gegeben.", "und"),
        ("De raad heeft in maart de overname van het bedrijf bekendgemaakt.", "und"),
        ("Acme bought Widget Ltd.", "en"),
        ("Acme Widget Ltd", "und"),
        ("Acme", "und"),
        ("他在北京大学工作。", "zh"),
        ("東京で会った。", "ja"),
        ("他买了一台ソニー电视。", "zh"),
        ("トヨタ", "ja"),
        ("안녕하세요 세계", "ko"),
        ("Привет, мир", "ru"),
        ("مرحبا بالعالم", "ar"),
        ("שלום עולם", "he"),
        ("12345 !!!", "und"),
        ("😀", "und"),
    ],
)
def test_an_ungiven_language_is_told_by_script_and_words(text: str, language: str) -> None:
    assert determine_language(text) == language


def test_what_is_no_word_of_any_language_is_not_asked() -> None:
    attachment = "VGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZw==\n" * 50

    assert determine_language(ACME + attachment) == "en"
    assert determine_language(attachment + "他在北京大学工作。") == "zh"
    assert determine_language(attachment) == "und"


@pytest.mark.parametrize(
    ("given", "language"), [("de", "de"), ("pt-BR", "pt"), ("EN", "en"), ("zh_Hans_CN", "zh")]
)
def test_a_given_language_counts_by_its_primary_subtag(given: str, language: str) -> None:
    assert determine_language(ACME, given) == language


@pytest.mark.parametrize("given", ["", "und", "UND"])
def test_an_undetermined_language_is_looked_for(given: str) -> None:
    assert determine_language(ACME, given) == "en"


@pytest.mark.parametrize("given", ["English", "e", "en-", "en us", "en\n", "日本語"])
def test_what_is_no_language_tag_is_refused(given: str) -> None:
    with pytest.raises(RefusedError) as caught:
        determine_language(ACME, given)
    assert caught.value.kind == "malformed"

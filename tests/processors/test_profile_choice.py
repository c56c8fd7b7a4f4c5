"""Which profile a document without one is read for."""

import json
from pathlib import Path

import pytest

import millrace
from processors.language import determine_language
from processors.profile_choice import LEAST_PROBABLE, ChosenProfile, choose_profile
from schemas.document import IngestDocument
from tests.processors.correspondence.test_reading import annotated
from tests.processors.documents import ingested

KNOWN = ("email", "neutral", "news")
SAMPLES = Path(millrace.__file__ or "").parent / "samples"


def text_of(name: str) -> str:
    text: str = json.loads((SAMPLES / f"{name}.json").read_text())["text"]
    return text


def chosen(text: str, default: str = "neutral", **fields: str) -> ChosenProfile:
    document = IngestDocument.model_validate({"text": text, **fields})
    language = determine_language(document.text, document.language)
    return choose_profile(document, language, KNOWN, default)


@pytest.mark.parametrize(
    "name", ["news-purchase", "news-earthquake", "news-election", "news-trial", "news-accident"]
)
def test_an_article_is_news(name: str) -> None:
    found = chosen(text_of(name))
    assert found.name == "news"
    assert found.why.startswith("no profile was named: the text looks like news with a confidence")


def test_a_mail_is_one() -> None:
    text = f"From: Ann\nSent: Monday\nTo: Bob\nSubject: Invoice\n\n{text_of('mail-payment')}"
    assert chosen(text).name == "email"


def test_what_it_is_not_sure_of_has_the_default() -> None:
    found = chosen(text_of("mail-request"))
    assert found.name == "neutral"
    assert found.why.endswith(": read as neutral")
    assert f"{LEAST_PROBABLE:.2f}" in found.why or "looks like neutral" in found.why


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (text_of("news-purchase"), {"profile": "email"}),
        (text_of("news-purchase"), {"default": "email"}),
        (text_of("news-purchase")[:150], {"default": "neutral"}),
        (text_of("news-japanese") * 3, {"default": "neutral"}),
        (text_of("news-purchase"), {"language": "de"}),
    ],
)
def test_nothing_is_found_out_where_it_is_said_or_cannot_be_known(
    text: str, fields: dict[str, str]
) -> None:
    found = chosen(text, **fields)
    assert found == ChosenProfile(fields.get("profile") or fields.get("default") or "neutral")


def test_a_finding_keeps_the_confidence() -> None:
    work = annotated(ingested(text_of("news-purchase")))
    assert work.profile == "news"
    (told,) = work.findings
    assert (told.rule, told.severity) == ("profile_detected", "info")
    assert "with a confidence of 0.99" in told.message or "of 1.00" in told.message

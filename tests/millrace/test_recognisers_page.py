"""docs/recognisers.md: its pipeline is made, its settings are read, and names are found by them."""

import re
from pathlib import Path

import pytest

from millrace import wiring
from millrace.evaluation.system import EngineChoice, system
from millrace.settings import Settings, SettingsError, read_settings
from millrace.worker import services
from processors.annotation import annotate
from processors.errors import RecogniserError
from schemas.work import Work
from streams.telemetry.readiness import Readiness
from tests.processors.documents import ingested

pytestmark = pytest.mark.usefixtures("folder")

PAGE = (Path(__file__).resolve().parents[2] / "docs/recognisers.md").read_text("utf-8")
SPACY, CLASSIFIER = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
(MAKING,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def settings(text: str) -> Settings:
    Path("millrace.toml").write_text(text)
    return read_settings()


def test_a_pipeline_of_spacy_finds_the_names_of_documents() -> None:
    exec(MAKING, {})  # noqa: S102 - what the page says

    context = wiring.stage_context(settings(SPACY))
    work = annotate(ingested("He left Zorblat Works on 3 March 2024."), context.annotation).message

    assert isinstance(work, Work)
    assert [(one.text, one.kind, one.origin) for one in work.entities] == [
        ("Zorblat Works", "organization", "model"),
        ("3 March 2024", "date", "rule"),
    ]


def test_a_token_classifier() -> None:
    chosen = settings(CLASSIFIER)

    assert (chosen.recogniser, chosen.recogniser_device) == ("transformers", "cuda")
    assert chosen.recogniser_languages == ("de", "en", "fr")


def test_nothing_is_loaded_before_a_stage_prepares_it() -> None:
    recogniser = wiring.stage_context(settings(SPACY)).annotation.recogniser

    with pytest.raises(RecogniserError, match="no pipeline of spaCy 'zorblat'"):
        recogniser.prepare()


def test_an_evaluation_says_which_recogniser_it_measures() -> None:
    exec(MAKING, {})  # noqa: S102 - what the page says
    chosen = settings(SPACY)

    assert " with spacy/en_pipeline-0.0.0+" in system(chosen, EngineChoice("local")).name
    assert " with " not in system(settings(""), EngineChoice("local")).name


async def test_a_process_of_ner_ends_at_its_start_and_others_do_not_ask() -> None:
    chosen = settings(SPACY)

    with pytest.raises(RecogniserError, match="no pipeline of spaCy 'zorblat'"):
        services(chosen, ["ner"], "here-0", Readiness())
    assert services(chosen, ["validation"], "here-0", Readiness())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('recogniser = "spacy"\n', "recogniser spacy needs a model: set recogniser_model"),
        ('recogniser_model = "zorblat"\n', "recogniser_model is set, which the recogniser local"),
        ('recogniser = "stanza"\n', "recogniser: "),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(text: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        settings(text)

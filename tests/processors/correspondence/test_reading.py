"""A mail at work: its own words alone are sentences, and a finding says what is left out."""

import re
from time import process_time

import pytest

from processors.annotation import AnnotationSettings, annotate
from processors.correspondence.reading import own_words
from processors.detail import plan_detail
from processors.profile_loading import load_profiles
from processors.summary import plan_summary
from schemas.annotation import Span
from schemas.document import Document
from schemas.output import SummaryOutput
from schemas.record import Record
from schemas.work import Work
from tests.processors import documents
from tests.processors.prompting.prompts import RENDERER
from tests.processors.works import LIVE, answered, extracted, found, planned

QUOTED = "On Mon, 4 Mar 2024, Bob Ray wrote:\n> We approved the budget on 1 March.\n"
TEXT = f"I will pay Acme on Friday.\n\n{QUOTED}\nCan we meet in Rome?\n"


def annotated(record: Record) -> Work:
    settings = AnnotationSettings(LIVE, load_profiles(), "neutral", 1 << 20)
    work = annotate(record, settings).message
    assert isinstance(work, Work)
    return work


def mail(text: str = TEXT, profile: str = "email") -> Work:
    return annotated(documents.ingested(text, profile=profile, language="en"))


def sentences(work: Work) -> list[str]:
    return [work.document.text[one.start : one.end] for one in work.sentences]


def test_only_its_own_words_are_sentences() -> None:
    assert sentences(mail()) == ["I will pay Acme on Friday.", "Can we meet in Rome?"]


def test_its_text_stays_as_it_is_and_entities_are_those_of_all_of_it() -> None:
    work = mail()
    assert work.document.text == TEXT
    assert "1 March" in {entity.text for entity in work.entities}


def test_a_finding_says_how_much_is_not_read() -> None:
    (told,) = mail().findings
    assert (told.rule, told.severity, told.subject_id) == (
        "not_read",
        "info",
        mail().document.document_id,
    )
    assert told.message == (
        f"{len(QUOTED) - 1} of {len(TEXT)} characters are not this mail's own words and were not "
        f"read for events: {len(QUOTED) - 1} quoted from other mails"
    )


def test_the_local_engine_finds_nothing_in_what_is_quoted() -> None:
    extraction = extracted(mail())
    assert {event.kind for event in extraction.events} >= {"payment", "meeting"}
    assert "decision" not in {event.kind for event in extraction.events}
    assert all(TEXT[one.start : one.end] == one.text for one in extraction.events)


def test_a_prompt_does_not_show_it() -> None:
    waiting = planned(mail(), plan_summary)
    shown = RENDERER.render(waiting.tasks[0], waiting).document
    assert "I will pay Acme on Friday.\n[…]\nCan we meet in Rome?" in shown


class TestAnAnswerThatQuotesIt:
    def detailed(self, text: str, words: str) -> Work:
        asked = planned(mail(text), plan_summary)
        output = SummaryOutput(events=(found("decision", words),))
        return planned(answered(asked, output), plan_detail)

    def test_is_left_out_with_a_finding(self) -> None:
        work = self.detailed(TEXT, "approved")
        assert work.events == ()
        assert [one.message for one in work.findings][1:] == [
            "an event of kind decision that only stands in words quoted from elsewhere was left out"
        ]

    def test_is_kept_where_the_mail_says_the_same_itself(self) -> None:
        work = self.detailed(f"Hello Bob,\n\n{QUOTED}\nI approved it, too.\n", "approved")
        (event,) = work.events
        assert work.document.text[event.start - 2 : event.end] == "I approved"


@pytest.mark.parametrize(
    ("record", "is_mail"),
    [
        (documents.ingested(TEXT, profile="news"), False),
        (documents.ingested(f"From: A\nSent: B\nTo: C\n\n{TEXT}", profile="news"), True),
        (
            documents.record(
                f"Message-ID: <a@b>\nSubject: x\n\n{TEXT}".encode(),
                headers=(("content-type", b"message/rfc822"),),
            ),
            True,
        ),
    ],
)
def test_mails_are_told_by_profile_type_or_headers(record: Record, is_mail: bool) -> None:
    rules = {one.rule for one in annotated(record).findings}
    assert ("not_read" in rules) is is_mail


def test_time_grows_with_the_length_of_a_mail_alone() -> None:
    text = "a\n>b\n" * 60_000
    document = Document(document_id="d1", text=text, language="en")
    lines = re.finditer(r"\S+", text)
    sentences = [Span(start=line.start(), end=line.end()) for line in lines]

    began = process_time()
    reading = own_words(document, load_profiles()["email"], sentences)
    assert process_time() - began < 10
    assert (len(reading.read), len(reading.unread)) == (60_000, 60_000)

"""Annotation: a record becomes work, a deletion, or a refusal."""

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.annotation import annotate
from processors.recognition.entities import MAX_MENTIONS
from schemas.document import Origin
from schemas.errors import RefusedError
from schemas.extraction import Deletion
from schemas.ids import document_id
from schemas.record import Record
from schemas.replay import Replay
from schemas.run import ProfileOverride
from schemas.version import document_version
from schemas.work import Work
from tests.processors.documents import (
    ACME,
    INGESTED_MS,
    LIVE,
    annotated,
    ingested,
    profile,
    record,
    settings,
)
from tests.processors.texts import TEXTS


def refused(kind: str) -> "pytest.RaisesExc[RefusedError]":
    return pytest.raises(RefusedError, check=lambda error: error.kind == kind)


def test_the_example_has_its_entities() -> None:
    assert [(e.text, e.kind, e.value) for e in annotated(ACME).entities] == [
        ("Acme", "organization", "Acme"),
        ("Widget Ltd", "organization", "Widget Ltd"),
        ("London", "place", "London"),
        ("3 March 2024", "date", "2024-03-03"),
        ("a day later", "date", "2024-03-04"),
    ]


def test_the_example_has_its_sentences_in_one_chunk() -> None:
    work = annotated(ACME)
    assert [(s.start, s.end) for s in work.sentences] == [(0, 49), (50, 83)]
    assert [(c.index, c.start, c.end) for c in work.chunks] == [(0, 0, 83)]


def test_work_carries_where_the_document_came_from() -> None:
    outcome = annotate(
        record(
            b'{"text": "Acme rose.", "title": "Markets"}',
            headers=(("millrace-attempt", b"2"), ("millrace-run", b"live")),
        ),
        settings(profile("news", tier="large")),
    )
    assert outcome.topic == "documents.annotated"
    assert outcome.document_id == document_id("Acme rose.")
    work = outcome.message
    assert isinstance(work, Work)
    assert (work.run, work.profile, work.tier) == (LIVE, "news", "large")
    assert (work.document.title, work.document.text) == ("Markets", "Acme rose.")
    origin = work.origin
    assert (origin.source_topic, origin.source_partition, origin.source_offset) == (
        "documents.ingest",
        3,
        41,
    )
    assert origin.ingested_at == datetime(2024, 3, 5, 10, 0, 0, 123_000, tzinfo=UTC)
    assert (origin.generation, origin.attempt) == (0, 2)


def test_the_profile_is_the_documents_or_the_default() -> None:
    known = settings(profile("news"), profile("email"))
    chosen = annotate(ingested(ACME, profile="email"), known).message
    default = annotate(ingested(ACME), known).message
    assert isinstance(chosen, Work)
    assert isinstance(default, Work)
    assert (chosen.profile, default.profile) == ("email", "news")


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    known = settings(profile("news"), profile("email"))
    with refused("unknown_profile") as caught:
        annotate(ingested(ACME, profile="sport"), known)
    assert caught.value.message == "profile: not known here: send one of email, news"


def test_only_the_entity_kinds_of_the_profile_are_kept() -> None:
    work = annotate(ingested(ACME), settings(profile(kinds=("place", "date")))).message
    assert isinstance(work, Work)
    assert [e.text for e in work.entities] == ["London", "3 March 2024", "a day later"]


def test_the_published_date_is_what_relative_dates_are_seen_from() -> None:
    work = annotated("Acme closed its plant yesterday.", published_at="2024-03-03")
    assert [e.value for e in work.entities if e.kind == "date"] == ["2024-03-02"]


def test_the_language_is_the_given_one_or_found() -> None:
    assert annotated(ACME).document.language == "en"
    assert annotated(ACME, language="de-AT").document.language == "de"


def test_another_run_than_the_stages_is_refused() -> None:
    with refused("unknown_run"):
        annotate(record(b'{"text": "x"}', headers=(("millrace-run", b"trial"),)), settings())


class TestOfACopyThatAReplayMade:
    ORIGIN = Origin(
        source_topic="documents.ingest",
        source_partition=3,
        source_offset=17,
        ingested_at=datetime(2024, 3, 3, 9, 30, tzinfo=UTC),
        generation=1_700_000_000,
        replayed_from="documents.ingest",
        base_run_id="live",
    )
    TRIAL = LIVE.model_copy(update={"run_id": "trial"})

    def copied(self, value: bytes = b'{"text": "Acme rose."}', *more: tuple[str, bytes]) -> Record:
        replay = Replay(run=self.TRIAL, origin=self.ORIGIN).model_dump_json().encode()
        return record(value, headers=(("millrace-replay", replay), *more))

    def test_run_and_origin_are_those_that_the_replay_gave_it(self) -> None:
        work = annotate(self.copied(), settings()).message
        assert isinstance(work, Work)
        assert (work.run, work.origin) == (self.TRIAL, self.ORIGIN)

    def test_the_runs_changes_of_the_profile_count(self) -> None:
        changed = ProfileOverride(name="news", changes='{"tier": "large"}')
        specification = self.TRIAL.specification.model_copy(update={"profiles": (changed,)})
        run = self.TRIAL.model_copy(update={"specification": specification})
        replay = Replay(run=run, origin=self.ORIGIN).model_dump_json().encode()
        one = record(b'{"text": "Acme rose."}', headers=(("millrace-replay", replay),))
        work = annotate(one, settings(profile("news"))).message
        assert isinstance(work, Work)
        assert work.tier == "large"

    def test_a_redriven_one_keeps_the_number_of_its_attempt(self) -> None:
        again = self.copied(b'{"text": "Acme rose."}', ("millrace-attempt", b"2"))
        work = annotate(again, settings()).message
        assert isinstance(work, Work)
        assert work.origin.attempt == 2

    def test_its_header_of_the_run_must_name_the_same(self) -> None:
        with refused("unknown_run"):
            annotate(self.copied(b'{"text": "x"}', ("millrace-run", b"live")), settings())
        annotate(self.copied(b'{"text": "x"}', ("millrace-run", b"trial")), settings())

    @pytest.mark.parametrize("header", [b"", b"{}", b"\xff", b'{"run": "trial"}', b"[" * 10_000])
    def test_a_header_that_no_replay_wrote_is_refused(self, header: bytes) -> None:
        with refused("bad_header"):
            annotate(record(b'{"text": "x"}', headers=(("millrace-replay", header),)), settings())


@pytest.mark.parametrize("attempt", [b"0", b"-1", b"two", b"", b"1.5", b"9" * 5_000, b"\xff"])
def test_an_attempt_that_is_no_count_is_refused(attempt: bytes) -> None:
    with refused("bad_header"):
        annotate(record(b'{"text": "x"}', headers=(("millrace-attempt", attempt),)), settings())


def test_the_last_of_repeated_headers_counts() -> None:
    headers = (("content-type", b"application/pdf"), ("content-type", b"text/plain"))
    work = annotate(record(b"Acme rose.", headers=headers), settings()).message
    assert isinstance(work, Work)
    assert work.document.text == "Acme rose."


@pytest.mark.parametrize("timestamp_ms", [-1, 1 << 44, 1 << 62])
def test_a_timestamp_that_no_version_holds_is_refused(timestamp_ms: int) -> None:
    with refused("malformed"):
        annotate(record(b'{"text": "x"}', timestamp_ms=timestamp_ms), settings())


def test_a_key_without_value_deletes_the_document() -> None:
    outcome = annotate(record(None, key=b"a1"), settings())
    assert (outcome.topic, outcome.document_id) == ("extractions.validated", "a1")
    assert isinstance(outcome.message, Deletion)
    ingested_at = datetime(2024, 3, 5, 10, 0, 0, 123_000, tzinfo=UTC)
    assert outcome.message.version == document_version(ingested_at, 41, 0, "ffff")


@pytest.mark.parametrize("key", [None, b"", b"\xff", b"a\x00"])
def test_a_deletion_without_a_usable_key_is_refused(key: bytes | None) -> None:
    with refused("bad_key"):
        annotate(record(None, key=key), settings())


def test_the_same_record_gives_the_same_message() -> None:
    assert annotate(ingested(ACME), settings()) == annotate(ingested(ACME), settings())


def test_a_flood_of_numbers_is_cut_with_a_finding() -> None:
    work = annotated("John Smith left. " + "7 " * (MAX_MENTIONS + 10) + "in London.")
    assert len(work.entities) == MAX_MENTIONS
    assert (work.entities[0].text, work.entities[-1].text) == ("John Smith", "London")
    assert [(f.rule, f.severity) for f in work.findings] == [("entity_limit", "warning")]
    assert work.findings[0].message.startswith("12 entity mentions left out")


@pytest.mark.parametrize(
    "text",
    [
        "word " * 20_000,
        "a" * 100_000,
        "This is one. " * 6_000,
        "1," * 40_000,
        "two hundred " * 5_000,
        "March " * 15_000,
        "A. " * 20_000,
        "Bank of " * 10_000,
        "3" + " " * 100_000 + "March",
        "a@" * 30_000,
    ],
    ids=lambda text: text[:8],
)
def test_time_grows_with_the_length_alone(text: str) -> None:
    started = process_time()
    annotated(text)
    assert process_time() - started < 2


@given(TEXTS.filter(lambda text: text.strip() != ""))
def test_every_mention_is_the_text_at_its_span(text: str) -> None:
    work = annotated(text, published_at="2024-03-03")
    end = 0
    for mention in work.entities:
        assert text[mention.start : mention.end] == mention.text != ""
        assert mention.start >= end
        end = mention.end


@given(TEXTS.filter(lambda text: text.strip() != ""), st.sampled_from(["en", "ja", "de"]))
def test_work_survives_its_way_over_a_topic(text: str, language: str) -> None:
    work = annotated(text, language=language)
    assert Work.from_json(work.to_json()) == work


def test_ingestion_is_told_to_the_millisecond() -> None:
    work = annotated(ACME)
    assert round(work.origin.ingested_at.timestamp() * 1000) == INGESTED_MS

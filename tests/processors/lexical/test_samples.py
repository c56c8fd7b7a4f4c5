"""The bundled sample documents: what a newcomer sees first must be right."""

import json
import re
from pathlib import Path

import pytest

import millrace
from processors.annotation import AnnotationSettings, annotate
from schemas.document import IngestDocument
from schemas.extraction import Extraction
from schemas.record import Record
from schemas.work import Work
from tests.processors.works import ACME, LIVE, PROFILES, extracted

FOLDER = Path(millrace.__file__ or "").parent / "samples"
SAMPLES = sorted(FOLDER.glob("*.json"))
# Some of each sample's main events, and a link where it has one.
EXPECTED = {
    "news-purchase": ("purchase:bought personnel:resigned personnel:appointed", ""),
    "news-earthquake": ("disaster:earthquake casualty:killing", "tremor causes landslide"),
    "news-election": ("election:elected legal:fined", ""),
    "news-trial": ("legal:sentenced legal:convicted", "trial precedes convicted"),
    "news-launch": ("product_launch:unveiled", "launched precedes recalled"),
    "news-protest": ("protest:went on strike", ""),
    "news-accident": ("accident:derailed casualty:injuring", ""),
    "news-quiet": ("", ""),
    "news-chinese": ("purchase:收购 agreement:签署 personnel:辞职", ""),
    "news-japanese": ("disaster:地震 personnel:辞任", "地震 causes 火災"),
    "mail-request": ("request:could you deadline:deadline", ""),
    "mail-meeting": ("meeting:meeting decision:approved", ""),
    "mail-payment": ("payment:paid request:Could you", ""),
    "mail-thanks": ("meeting:dinner appointment:booked", ""),
}


def sample(name: str) -> Extraction:
    return read((FOLDER / f"{name}.json").read_bytes())


def read(value: bytes) -> Extraction:
    """The whole way of an ingested record."""
    return extracted(annotated(value))


def annotated(value: bytes) -> Work:
    """An ingested record with its entities, as it waits for its summary."""
    settings = AnnotationSettings(
        run=LIVE, profiles=PROFILES, default_profile="neutral", max_text_bytes=1 << 20
    )
    record = Record(
        topic="documents.ingest",
        partition=0,
        offset=0,
        timestamp_ms=1_709_632_800_123,
        key=None,
        value=value,
    )
    work = annotate(record, settings).message
    assert isinstance(work, Work)
    return work


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_a_document_under_the_name_of_its_file(path: Path) -> None:
    document = IngestDocument.model_validate(json.loads(path.read_text()))
    assert document.id == path.stem
    assert document.title
    assert document.published_at


def test_every_sample_is_expected_to_say_something() -> None:
    assert {path.stem for path in SAMPLES} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_validated(name: str) -> None:
    assert sample(name).status == "validated"


@pytest.mark.parametrize(("name", "expected"), [(name, EXPECTED[name][0]) for name in EXPECTED])
def test_a_samples_main_events_are_found(name: str, expected: str) -> None:
    main = [e for e in sample(name).events if e.salience >= 0.5]
    found = " ".join(f"{event.kind}:{event.text}" for event in main)
    for event in re.findall(r"\w+:[^:]+(?= \w+:|$)", expected):
        assert event in found


@pytest.mark.parametrize(
    ("name", "link"), [(name, link) for name, (_, link) in EXPECTED.items() if link]
)
def test_a_samples_events_are_linked(name: str, link: str) -> None:
    extraction = sample(name)
    words = {event.event_id: event.text for event in extraction.events}
    assert link in {
        f"{words[r.source_event_id]} {r.kind} {words[r.target_event_id]}"
        for r in extraction.relationships
    }


def test_the_designs_example_is_extracted_as_written() -> None:
    document = {"id": "a1", "text": ACME, "profile": "news"}
    extraction = read(json.dumps(document).encode())
    bought, resigned = extraction.events
    assert (bought.kind, bought.start, bought.end) == ("purchase", 5, 11)
    assert (bought.place, str(bought.time_start)[:10]) == ("London", "2024-03-03")
    assert (resigned.kind, str(resigned.time_start)[:10]) == ("personnel", "2024-03-04")
    assert [(a.role, a.text, a.start, a.end) for a in extraction.arguments] == [
        ("buyer", "Acme", 0, 4),
        ("object", "Widget Ltd", 12, 22),
        ("person", "Its founder", 50, 61),
    ]
    assert [(link.kind, link.text) for link in extraction.relationships] == [
        ("precedes", "a day later")
    ]
    assert (extraction.status, extraction.findings) == ("validated", ())


def test_nothing_is_found_where_nothing_happens() -> None:
    assert sample("news-quiet").events == ()

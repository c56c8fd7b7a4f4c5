"""No text of the largest size holds a stage up: decoding to validation by the rules, each bounded.

Bounds are seconds of processor time for a MiB of what comes in. Ordinary prose takes 3 to 5 of the
way through all levels; the worst linear texts below take up to 12 on a busy machine. What
was quadratic and is mended took over 60 s for a quarter of a MiB.
"""

from typing import Final

import pytest

from processors.annotation import AnnotationSettings, annotate
from processors.detail import plan_detail
from processors.relationship import plan_relationship
from processors.summary import plan_summary
from processors.validation import validate
from schemas.errors import RefusedError
from schemas.record import Record
from schemas.topics import extraction_topic
from schemas.work import Work
from tests.fuzz.hostile_texts import DOCUMENTS, TEXTS
from tests.fuzz.target import within
from tests.processors.works import LIVE, PROFILES, answered

MIB: Final = 1024 * 1024
SECONDS_PER_MIB: Final = 60.0
# What a start costs, and what a busy machine adds to short times.
SECONDS_ANYHOW: Final = 1.0
# Of each text in the fast tests: shows what takes cubic time or a loop without end.
BYTES: Final = 8 * 1024
LARGEST: Final = MIB
SETTINGS: Final = AnnotationSettings(LIVE, PROFILES, "news", LARGEST)

# Where something quadratic was: tried at a size at which it would show.
LARGE: Final = 128 * 1024
WORST: Final = (
    ("text/html", "spaces in pre"),
    ("message/rfc822", "type parameters"),
    ("message/rfc822", "continued parameters"),
    ("message/rfc822", "dispositions"),
)


def allowed(size: int) -> float:
    return SECONDS_ANYHOW + SECONDS_PER_MIB * size / MIB


def goes_through(value: bytes, content_type: str) -> None:
    """All stages but the inference consumer, whose place the rules take."""
    record = Record(
        "documents.ingest", 0, 0, 1_709_632_800_123, b"k", value,
        (("content-type", content_type.encode()),),
    )  # fmt: skip
    try:
        work = annotate(record, SETTINGS).message
    except RefusedError:
        return
    for plan in (plan_summary, plan_detail, plan_relationship):
        assert isinstance(work, Work)
        outcome = plan(work, PROFILES)
        assert isinstance(outcome.message, Work)
        work = outcome.message
        if outcome.topic == extraction_topic("relationship"):
            break
        work = answered(work)
    assert isinstance(work, Work)
    validate(work, PROFILES)


def cut(text: str, size: int) -> bytes:
    """At most so many bytes of UTF-8."""
    return text.encode()[:size].decode("utf-8", "ignore").encode()


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_goes_through_in_time(name: str) -> None:
    with within(allowed(BYTES)):
        goes_through(cut(TEXTS[name](BYTES), BYTES), "text/plain")


def test_links_without_spaces_do() -> None:
    with within(allowed(LARGE)):
        goes_through(cut(TEXTS["links"](LARGE), LARGE), "text/plain")


@pytest.mark.parametrize(("content_type", "name"), WORST)
def test_what_was_quadratic_is_no_more(content_type: str, name: str) -> None:
    with within(SECONDS_ANYHOW + LARGE / MIB):
        goes_through(DOCUMENTS[content_type][name](LARGE), content_type)


@pytest.mark.parametrize(
    ("content_type", "name"), [(kind, name) for kind, ones in DOCUMENTS.items() for name in ones]
)
def test_a_document_is_read_or_refused_in_time(content_type: str, name: str) -> None:
    with within(allowed(2 * BYTES)):
        goes_through(DOCUMENTS[content_type][name](2 * BYTES), content_type)

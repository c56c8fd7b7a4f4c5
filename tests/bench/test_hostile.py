"""The texts of the benchmark `hostile`, small: each goes through, and nothing is made up."""

from collections.abc import Mapping

import pytest

from bench.hostile import Passage, measures, passages
from bench.hostile_texts import LONG, SHORT, scanned

SIZE = 4_096


@pytest.fixture(scope="module")
def passed() -> Mapping[str, Passage]:
    return {one.name: one for one in passages(SIZE)}


@pytest.mark.parametrize("name", [*SHORT, *LONG])
def test_a_text_is_read_and_quoted_as_it_stands(name: str, passed: Mapping[str, Passage]) -> None:
    one = passed[name]

    assert one.is_as_expected, one.found.refused
    assert (one.misplaced, one.invented) == (0, 0)
    # A MiB may take 60 s: this size shows what grows with a power of it, at a tenth of that.
    assert one.cpu_s < 6


@pytest.mark.parametrize("name", ["prose", "no full stop", "all capitals", "OCR noise"])
def test_a_text_of_events_is_read_for_them(name: str, passed: Mapping[str, Passage]) -> None:
    assert passed[name].found.events


@pytest.mark.parametrize("name", LONG)
def test_a_text_is_the_same_each_time_and_as_long_as_asked(name: str) -> None:
    text = LONG[name](SIZE)

    assert text == LONG[name](SIZE)
    assert SIZE - 4 < len(text.encode()) <= SIZE


def test_the_texts_are_what_they_are_called() -> None:
    assert not set(".!?:;\n") & set(LONG["no full stop"](SIZE))
    assert " " not in LONG["no space"](SIZE)
    assert LONG["all capitals"](SIZE).isupper()
    assert LONG["no capitals"](SIZE).islower()
    assert max(map(len, LONG["base64 in mail"](SIZE).split())) == 76


def test_a_scan_is_nearly_its_text() -> None:
    text = "The firemen stopped the leak before noon. " * 20

    read = scanned(text)

    assert read != text
    assert read == scanned(text)
    assert len(read) == pytest.approx(len(text), rel=0.1)


def test_what_is_wrong_is_told_by_name(passed: Mapping[str, Passage]) -> None:
    good = passed["prose"]
    bad = Passage("bad", 70.0, passed["empty"].found, checked=10, misplaced=1, invented=2)

    told = {one.name: one for one in measures([good, bad])}

    assert (told["hostile_seconds"].value, told["hostile_seconds"].reached) == (70.0, False)
    assert not told["hostile_offsets"].reached
    assert told["hostile_offsets"].note.endswith("; not of bad")
    assert told["hostile_invented"].value == 2
    assert told["hostile_failed"].note.endswith("; bad: ner: empty")

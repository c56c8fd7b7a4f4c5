"""Limits of dead letters: what stops a stage, what never does, and what it says then."""

import pytest

from schemas.errors import REFUSAL_KINDS, RefusalKind, RefusedError, SetupError
from schemas.record import Outgoing, Record
from streams.letter_limits import STOPPING, LetterLimitError, LetterLimits, Limits
from streams.letters import dead_letter

GOOD = Outgoing("documents.annotated", b"a", b"{}")
ROW = Limits(in_a_row=3, share=1, window=1_000)
SHARE = Limits(in_a_row=1_000, share=0.5, window=10)


def letter(kind: RefusalKind = "unserved_model", message: str = "no tier") -> Outgoing:
    record = Record("documents.ingest", 0, 7, 1_700_000_000_000, b"a", b"{}")
    return dead_letter("ner", record, RefusedError(kind, message))


class TestInARow:
    def test_as_many_as_the_limit_are_let_through(self) -> None:
        limits = LetterLimits("ner", ROW)
        limits.admit([letter()] * 3)
        limits.admit([GOOD])
        limits.admit([letter()] * 3)

    def test_one_more_is_an_error_also_over_batches(self) -> None:
        limits = LetterLimits("ner", ROW)
        limits.admit([letter()] * 2)

        with pytest.raises(LetterLimitError):
            limits.admit([letter()] * 2)

    def test_it_stays_one_for_those_that_come_after(self) -> None:
        limits = LetterLimits("ner", ROW)
        with pytest.raises(LetterLimitError):
            limits.admit([letter()] * 4)
        with pytest.raises(LetterLimitError):
            limits.admit([letter()])

    @pytest.mark.parametrize("kind", sorted(set(REFUSAL_KINDS) - STOPPING))
    def test_what_is_wrong_with_one_record_stops_nothing(self, kind: RefusalKind) -> None:
        LetterLimits("ner", Limits(in_a_row=1, share=0.1, window=10)).admit([letter(kind)] * 500)

    @pytest.mark.parametrize("kind", sorted(STOPPING))
    def test_what_a_setting_causes_does(self, kind: RefusalKind) -> None:
        with pytest.raises(LetterLimitError):
            LetterLimits("ner", ROW).admit([letter(kind)] * 4)

    def test_kinds_of_both_sorts_in_turn_are_no_row(self) -> None:
        LetterLimits("ner", ROW).admit([letter(), letter("malformed")] * 100)


class TestShare:
    def test_half_of_the_window_is_let_through(self) -> None:
        LetterLimits("ner", SHARE).admit([letter(), GOOD] * 50)

    def test_more_is_an_error(self) -> None:
        with pytest.raises(LetterLimitError, match="more than 50% of the last 10 records"):
            LetterLimits("ner", SHARE).admit([letter(), letter(), GOOD] * 50)

    def test_it_counts_only_once_the_window_is_full(self) -> None:
        LetterLimits("ner", SHARE).admit([letter()] * 9)

    def test_what_left_the_window_is_forgotten(self) -> None:
        limits = LetterLimits("ner", SHARE)
        limits.admit([letter()] * 5 + [GOOD] * 15)
        limits.admit([letter()] * 5)


class TestBatchesWithoutOrder:
    def test_a_good_record_among_them_ends_the_row(self) -> None:
        limits = LetterLimits("sink", ROW)
        for _ in range(10):
            limits.admit_batch(4, [letter()] * 3)

    def test_batches_of_letters_alone_are_one_row(self) -> None:
        limits = LetterLimits("sink", ROW)
        limits.admit_batch(2, [letter()] * 2)
        with pytest.raises(LetterLimitError):
            limits.admit_batch(2, [letter()] * 2)


def test_the_error_says_what_stopped_why_and_how_to_go_on() -> None:
    with pytest.raises(LetterLimitError) as raised:
        LetterLimits("ner", ROW).admit(
            [letter("unexpected", "x" * 400), letter("unexpected"), letter(), letter("unexpected")]
        )

    said = str(raised.value)
    assert isinstance(raised.value, SetupError)
    assert said.startswith(
        "ner stopped: more than 3 records in a row would be dead letters (3 unexpected, "
        "1 unserved_model), such as “no tier”. Mend that and start again, or raise "
        "MILLRACE_MAX_LETTERS_IN_A_ROW. Nothing is lost: "
    )
    assert "`millrace dead-letters redrive --stage ner`" in said


def test_its_line_fits_what_a_supervisor_repeats() -> None:
    with pytest.raises(LetterLimitError) as raised:
        LetterLimits("relationship", ROW).admit(
            letter(kind, "x" * 2_000) for kind in ("unexpected", "unserved_model") for _ in range(2)
        )

    assert len(str(raised.value)) < 700
    assert "\n" not in str(raised.value)

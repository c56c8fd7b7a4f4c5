"""What an account of good documents and bad inputs calls wrong."""

from dataclasses import replace

from bench.accounting import Ended, Place, Sent, State, account
from bench.bad_records import mixed
from schemas.record import Outgoing

STATE = State("revision", 2)


def place(offset: int) -> Place:
    return "documents.ingest", 0, offset


# Two good documents at 0 and 1; bad input at 2, which is refused, and at 3, which is a document.
SENT = Sent(
    good={"a": place(0), "b": place(1)},
    bad=frozenset({place(2), place(3)}),
    expected={"a": STATE, "b": STATE},
)
ROWS = (("a", STATE, place(0)), ("b", STATE, place(1)), ("odd", State("other", 0), place(3)))
ENDED = Ended(rows=ROWS, letters=[place(2)])


def test_all_that_ended_once_is_in_order() -> None:
    found = account(SENT, ENDED)
    assert (found.lost, found.twice, found.changed) == ((), (), ())
    assert (found.unaccounted, found.repeated, found.letters) == ((), (), 1)


def test_a_good_document_without_a_row_is_lost() -> None:
    assert account(SENT, replace(ENDED, rows=ROWS[1:])).lost == ("a",)


def test_a_good_document_that_is_a_letter_alone_is_lost() -> None:
    ended = Ended(rows=ROWS[1:], letters=[place(0), place(2)])
    assert account(SENT, ended).lost == ("a",)


def test_a_good_document_is_there_once() -> None:
    assert account(SENT, replace(ENDED, rows=(*ROWS, ROWS[0]))).twice == ("a",)
    assert account(SENT, replace(ENDED, letters=[place(0), place(2)])).twice == ("a",)


def test_a_good_document_with_other_events_is_changed() -> None:
    other = ("b", State("revision", 1), place(1))
    assert account(SENT, replace(ENDED, rows=(ROWS[0], other, ROWS[2]))).changed == ("b",)


def test_bad_input_of_which_nothing_came_is_unaccounted_for() -> None:
    assert account(SENT, replace(ENDED, letters=[])).unaccounted == (place(2),)


def test_bad_input_ends_once() -> None:
    assert account(SENT, replace(ENDED, letters=[place(2), place(2)])).repeated == (place(2),)
    assert account(SENT, replace(ENDED, letters=[place(2), place(3)])).repeated == (place(3),)


def test_a_seed_gives_the_same_mix_which_leaves_out_nothing() -> None:
    good = [Outgoing("documents.ingest", b"good", b"%d" % number) for number in range(200)]
    bad = [Outgoing("documents.ingest", b"bad", b"%d" % number) for number in range(20)]
    made = mixed(good, bad, 3)
    assert [one for one in made if one.key == b"good"] == good
    assert [one for one in made if one.key == b"bad"] == bad
    assert mixed(good, bad, 3) == made
    assert mixed(good, bad, 4) != made

"""What two snapshots of all positions say together."""

import pytest

from streams.broker.progress import (
    Progress,
    ReadingProgress,
    TopicProgress,
    rates,
    seconds_to_the_end,
)


def progress(at: float, records: int, done: int) -> Progress:
    return Progress(
        topics=(TopicProgress("a", 4, records, records),),
        readings=(ReadingProgress("ner", "a", records - done, done),),
        groups=(),
        missing=(),
        taken_at=at,
    )


def test_rates_are_records_a_second_between_the_snapshots() -> None:
    found = rates(progress(10.0, 100, 20), progress(12.0, 110, 60))

    assert (found.written, found.done) == ({"a": 5.0}, {"ner": 20.0})


def test_a_topic_that_was_made_anew_has_no_negative_rate() -> None:
    found = rates(progress(10.0, 100, 100), progress(11.0, 0, 0))

    assert (found.written, found.done) == ({"a": 0.0}, {"ner": 0.0})


@pytest.mark.parametrize(
    ("lag", "done", "written", "seconds"),
    [(0, 0.0, 5.0, 0.0), (100, 30.0, 10.0, 5.0), (100, 10.0, 10.0, None), (100, 0.0, 0.0, None)],
)
def test_a_lag_is_gone_when_more_is_done_than_written(
    lag: int, done: float, written: float, seconds: float | None
) -> None:
    assert seconds_to_the_end(lag, done, written) == seconds

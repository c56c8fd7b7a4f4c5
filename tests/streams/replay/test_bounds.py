"""Where a replay begins and ends, as a user says it."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.replay.bounds import parse_bound
from streams.replay.errors import RequestError

NOW = datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-03T09:30:00Z", datetime(2024, 3, 3, 9, 30, tzinfo=UTC)),
        ("2024-03-03T09:30", datetime(2024, 3, 3, 9, 30, tzinfo=UTC)),
        ("2024-03-03T09:30+02:00", datetime(2024, 3, 3, 7, 30, tzinfo=UTC)),
        ("2024-03-03", datetime(2024, 3, 3, tzinfo=UTC)),
        ("90m", NOW - timedelta(minutes=90)),
        ("12h", NOW - timedelta(hours=12)),
        ("7d", NOW - timedelta(days=7)),
        ("2w", NOW - timedelta(weeks=2)),
    ],
)
def test_a_time_is_in_utc_unless_it_says_otherwise(text: str, moment: datetime) -> None:
    assert parse_bound(text, "--from", NOW) == moment
    assert parse_bound(text, "--to", NOW) == moment


def test_offsets_are_by_partition() -> None:
    assert parse_bound("0:120,3:7", "--from", NOW) == {0: 120, 3: 7}


@pytest.mark.parametrize(("text", "offset"), [("0", 0), ("120", 120), ("123456789", 123456789)])
def test_one_offset_is_of_every_partition(text: str, offset: int) -> None:
    assert parse_bound(text, "--from", NOW) == offset


def test_eight_digits_are_a_date() -> None:
    assert parse_bound("20240303", "--from", NOW) == datetime(2024, 3, 3, tzinfo=UTC)


def test_an_edge_is_where_the_topic_ends() -> None:
    assert parse_bound("beginning", "--from", NOW) is None
    assert parse_bound("end", "--to", NOW) is None


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "-1", "20241399",
     "0:", "0:-1", "0:1;1:2", "1e3d", "99999999w", "1969-12-31", "2024-13-01",
     "9999999999:1", "-7d", "0001-01-01T00:00+01:00"],
)  # fmt: skip
@pytest.mark.parametrize("option", ["--from", "--to"])
def test_anything_else_is_refused_with_the_forms_that_there_are(text: str, option: str) -> None:
    with pytest.raises(RequestError) as refused:
        parse_bound(text, option, NOW)
    assert str(refused.value).startswith(f"{option} {text!r}: should be a time")


@pytest.mark.parametrize(("text", "option"), [("end", "--from"), ("beginning", "--to")])
def test_the_wrong_edge_is_refused(text: str, option: str) -> None:
    with pytest.raises(RequestError):
        parse_bound(text, option, NOW)


def test_a_partition_counts_once() -> None:
    with pytest.raises(RequestError, match="partition 0 is named twice"):
        parse_bound("0:1,0:2", "--from", NOW)

"""When a server says to come back."""

from datetime import UTC, datetime

import pytest

from streams.inference.serving.retry_after import seconds_to_wait

NOW = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Thu, 05 Mar 2026 12:01:30 GMT", 90.0),
        ("Thu, 05 Mar 2026 12:01:30", 90.0),
        ("Thu, 05 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        (None, None),
    ],
)
def test_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds

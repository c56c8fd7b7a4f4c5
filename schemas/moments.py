"""Times as Kafka counts them, in milliseconds since 1970, and as moments in UTC: exactly."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(milliseconds: int) -> datetime:
    """The moment so many milliseconds after 1970 began.

    Raises:
        OverflowError: it is none that a calendar has.
    """
    return EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(moment: datetime) -> int:
    """The whole milliseconds from the beginning of 1970 to a moment."""
    return (moment - EPOCH) // timedelta(milliseconds=1)

"""What the sink's port to the tables counts: rows, failures, the time of a document's way."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from schemas.errors import MillraceError, StoreRefusedError, UnavailableError
from streams.sink import columns
from streams.telemetry.metrics import value_of
from streams.telemetry.sink_metrics import MeasuredTables

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)


class Tables:
    """Takes everything, or fails with what it is given."""

    def __init__(self, error: MillraceError | None = None) -> None:
        self._error = error

    async def insert(self, table: str, names: Sequence[str], rows: Sequence[columns.Row]) -> None:
        if self._error:
            raise self._error

    async def run_ids(self) -> Sequence[str]:
        if self._error:
            raise self._error
        return ["live"]

    async def redriven(self, letter_ids: Sequence[str]) -> Collection[tuple[str, int]]:
        if self._error:
            raise self._error
        return []


def row(**values: object) -> columns.Row:
    """A row of `documents` of which only some columns matter here."""
    known = {"status": "validated", "deleted": 0, "ingested_at": NOON, "replayed_from": ""}
    return tuple((known | values).get(name) for name in columns.DOCUMENTS)


def counted(name: str, **labels: str) -> float:
    return value_of(name, **labels) or 0.0


class Growth:
    """How much a series has grown since this was made: it may stand at anything before."""

    def __init__(self, name: str, **labels: str) -> None:
        self._name, self._labels = name, labels
        self._before = counted(name, **labels)

    def __call__(self) -> float:
        return counted(self._name, **self._labels) - self._before


async def test_rows_are_counted_once_the_tables_have_them() -> None:
    rows = Growth("millrace_sink_rows_total", table="dead_letters")
    inserts = Growth("millrace_sink_insert_seconds_count", table="dead_letters")

    await MeasuredTables(Tables()).insert("dead_letters", (), [(), ()])

    assert (rows(), inserts()) == (2, 1)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(UnavailableError("away"), "unavailable"), (StoreRefusedError("no"), "refused")],
)
async def test_an_insert_that_fails_is_counted_by_its_kind_and_raised(
    error: MillraceError, kind: str
) -> None:
    rows = Growth("millrace_sink_rows_total", table="documents")
    failures = Growth("millrace_sink_failures_total", table="documents", kind=kind)

    with pytest.raises(type(error)):
        await MeasuredTables(Tables(error)).insert("documents", columns.DOCUMENTS, [row()])

    assert (rows(), failures()) == (0, 1)


async def test_tables_that_are_away_before_the_first_insert_are_counted_too() -> None:
    failures = Growth("millrace_sink_failures_total", table="runs", kind="unavailable")

    with pytest.raises(UnavailableError):
        await MeasuredTables(Tables(UnavailableError("away"))).run_ids()

    assert failures() == 1


async def test_a_documents_way_is_measured_from_its_record_to_its_row() -> None:
    times = Growth("millrace_end_to_end_seconds_sum", status="review")
    tables = MeasuredTables(Tables(), clock=lambda: NOON + timedelta(seconds=90))

    await tables.insert("documents", columns.DOCUMENTS, [row(status="review")])

    assert times() == 90


@pytest.mark.parametrize("left_out", [{"deleted": 1}, {"replayed_from": "extraction.detail"}])
async def test_deletions_and_replays_are_no_way_of_a_document(left_out: dict[str, object]) -> None:
    ways = Growth("millrace_end_to_end_seconds_count", status="validated")

    await MeasuredTables(Tables()).insert("documents", columns.DOCUMENTS, [row(**left_out)])

    assert ways() == 0

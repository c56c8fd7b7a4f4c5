"""Comparisons of two runs, for the tests of rendering."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from infra.clickhouse.run_pairs import Spending
from millrace.runs.comparison import Example, RunComparison, RunFigures
from processors.comparison.difference import difference
from processors.comparison.reading import ReadEvent, Reading, ReadRelationship
from processors.comparison.totals import total

TEXT = "Acme bought Widget Ltd. Its founder resigned a day later. It rained, and prices rose."
DAY = datetime(2024, 3, 3, tzinfo=UTC)

BOUGHT = ReadEvent(
    "e1", "purchase", "bought", 5, 11, participants=frozenset({("buyer", "Acme", 0, 4)})
)
RESIGNED = ReadEvent("e2", "personnel", "resigned", 36, 44)
RAINED = ReadEvent("e3", "weather", "rained", 61, 67)
ROSE = ReadEvent("e4", "prices", "rose", 80, 84, place="London")

BEFORE = Reading((BOUGHT, RESIGNED, RAINED), (ReadRelationship("precedes", "e1", "e2"),))
AFTER = Reading(
    (
        replace(BOUGHT, kind="merger", time_start=DAY, time_end=DAY,
                participants=frozenset({("buyer", "Acme", 0, 4), ("object", "Widget", 12, 18)})),
        RESIGNED,
        ROSE,
    ),
    (ReadRelationship("causes", "e1", "e2"),),
)  # fmt: skip


def example(**changes: Any) -> Example:
    values: dict[str, Any] = {
        "document_id": "a1", "title": "Acme buys", "language": "en", "text": TEXT,
        "status_a": "validated", "status_b": "review", "readings": (BEFORE, AFTER),
    } | changes  # fmt: skip
    return Example(**values, found=difference(*values["readings"]))


def run(name: str, **changes: Any) -> RunFigures:
    spent = Spending(6, 2, 1_234, 200, 56, 0.25, 0)
    values: dict[str, Any] = {
        "run_id": name, "validated": 9, "review": 1, "events": 30, "relationships": 4,
        "spending": spent,
    } | changes  # fmt: skip
    return RunFigures(**values)


def comparison(*examples: Example, **changes: Any) -> RunComparison:
    values: dict[str, Any] = {
        "a": run("live"), "b": run("careful"), "profile": "", "only_a": 2, "only_b": 0,
        "only_in_a": ("lonely-1",), "only_in_b": (), "other_text": 3, "to_review": 1,
        "to_validated": 0, "totals": total(one.found for one in examples), "examples": examples,
    } | changes  # fmt: skip
    return RunComparison(**values)

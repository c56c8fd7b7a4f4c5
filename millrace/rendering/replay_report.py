"""What ``millrace replay`` says in the end."""

from collections.abc import Iterator
from typing import Any


def lines(report: dict[str, Any]) -> Iterator[str]:
    """A report for people."""
    rehearsed = report["dry_run"]
    count = report["to_copy"] if rehearsed else report["copied"]
    records = f"{count:,} record{'s' * (count != 1)} of {report['topic']}"
    into = f"into run {report['run']}"
    line = (
        f"dry run, nothing was copied: {records} would be copied {into}"
        if rehearsed
        else f"{records} copied {into} in {report['seconds']:.1f} s"
    )
    notes = [f"{number:,} {reason}" for reason, number in sorted(report["left_out"].items())]
    if notes:
        line += f"; left out: {', '.join(notes)}"
    if report["not_there"]:
        line += f"; not there of the documents asked for: {report['not_there']:,}"
    if report["removed_by_retention"]:
        line += f"; retention had removed {report['removed_by_retention']:,} records before"
    if report.get("removed_meanwhile"):
        line += f"; retention removed {report['removed_meanwhile']:,} before they were copied"
    yield line
    if rehearsed:
        yield _forecast(report["forecast"])
    elif "seconds_to_the_end" in report:
        yield f"all went to the end after {report['seconds_to_the_end']:.1f} s"


def _forecast(levels: list[dict[str, Any]]) -> str:
    if not levels:
        return "model calls to expect: none"
    calls = ", ".join(f"{one['calls']:,} {one['level']}" for one in levels)
    costs = [one["cost_usd"] for one in levels if one["cost_usd"] is not None]
    cost = f", about ${sum(costs):,.2f}" if costs else ""
    return f"model calls to expect: {calls}{cost}"

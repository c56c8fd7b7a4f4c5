"""Many dead letters in lines: a list, counts, what a redrive did."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from millrace.rendering.run_words import moment, number, table

_MESSAGE_CHARACTERS = 100
_LEFT_OUT = {
    "redriven_before": "redriven before (--again takes them too)",
    "about_letters": "about other letters, which no stage could read",
    "over_limit": "over --limit",
}


def lines(letters: Sequence[Mapping[str, Any]], total: int) -> Iterator[str]:
    """The letters of a list, a line each, and how many there are in all.

    Args:
        letters: as ``infra.clickhouse.letters.newest`` gives them.
        total: how many are chosen.
    """
    if not total:
        yield "no dead letters"
        return
    rows = [
        {
            "letter": one["letter_id"],
            "failed": moment(one["failed_at"]),
            "stage": one["stage"],
            "kind": one["kind"],
            "attempt": str(one["attempt"]),
            "redriven": moment(one["redriven_at"]),
            "document": _cut(one["document_id"] or "–", 40),
            "error": _cut(one["message"], _MESSAGE_CHARACTERS),
        }
        for one in letters
    ]
    yield from table(
        rows, left=("letter", "failed", "stage", "kind", "redriven", "document", "error")
    )
    shown = len(letters)
    yield number(total, "letter") + (f", the newest {shown:,} shown" if shown < total else "")


def stats_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Counts by stage, kind and run, as ``infra.clickhouse.letters.stats`` gives them."""
    if not rows:
        yield "no dead letters"
        return
    yield from table(
        [
            {
                "stage": one["stage"],
                "kind": one["kind"],
                "run": one["run_id"] or "–",
                "letters": f"{one['letters']:,}",
                "redriven": f"{one['redriven']:,}",
                "first": moment(one["first"]),
                "last": moment(one["last"]),
            }
            for one in rows
        ],
        left=("stage", "kind", "run", "first", "last"),
    )


def redrive_lines(report: Mapping[str, Any]) -> Iterator[str]:
    """What was sent back, or would be, and what was left out."""
    many = report["chosen"] if report["dry_run"] else report["redriven"]
    did = "would be redriven, nothing was sent" if report["dry_run"] else "redriven"
    topics = ", ".join(f"{count:,} to {topic}" for topic, count in report["topics"].items())
    left_out = [f"{count:,} {_LEFT_OUT[why]}" for why, count in report["left_out"].items() if count]
    line = f"{number(many, 'letter')} {did}" + (f": {topics}" if topics else "")
    yield line + (f"; left out: {', '.join(left_out)}" if left_out else "")


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"

"""``diff_seconds``: ``millrace runs diff`` of 5,000 documents that two runs all read differently.

Their rows go straight into the table. Each document tells of five events with two arguments each
and three relationships; the second run tells two events of each document in another way.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.results import Measure
from bench.stack import own_stack
from infra.clickhouse.client import Client
from millrace import wiring
from streams.sink.columns import DOCUMENTS, Row

_DOCUMENTS: Final = 5_000
_EVENTS: Final = 5
_GOAL_S: Final = 10.0
_REPEATS: Final = 3
_BATCH: Final = 1_000
_RUNS: Final = ("live", "second")
_KINDS: Final = ("purchase", "personnel", "meeting", "accident", "launch")
_WORDS: Final = (
    "acme", "bought", "widget", "in", "london", "and", "its", "founder", "resigned", "a", "day",
    "later", "after", "the", "board", "had", "met", "to", "speak", "of", "prices", "that", "rose",
)  # fmt: skip
_START: Final = datetime(2024, 1, 1, tzinfo=UTC)


def diff_seconds() -> list[Measure]:
    """Seconds of the command, with ``--html`` and its five examples; the slowest of three."""
    with own_stack() as settings:
        client = Client(wiring.clickhouse(settings))
        for run in _RUNS:
            rows = list(_rows(run))
            for first in range(0, len(rows), _BATCH):
                client.insert("documents", DOCUMENTS, rows[first : first + _BATCH])
        client.close()
        page = settings.home / "diff.html"
        command = [sys.executable, "-m", "millrace", "runs", "diff", *_RUNS, "--html", str(page)]
        spent = []
        for _ in range(_REPEATS):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            spent.append(time.perf_counter() - began)
        kilobytes = page.stat().st_size / 1_000
    note = (
        f"slowest of {_REPEATS}; {_DOCUMENTS:,} documents of {_EVENTS} events, each of another "
        f"revision in both runs; the whole command with its page of {kilobytes:.0f} kB"
    )
    return [Measure("diff_seconds", max(spent), "s", _GOAL_S, "lower", note)]


def _rows(run: str) -> Iterator[Row]:
    for number in range(_DOCUMENTS):
        yield _row(run, number)


def _row(run: str, number: int) -> Row:
    """A document's row; both runs have the same text, and the second another reading of it."""
    chance = random.Random(number)  # noqa: S311 - the same documents each time
    identity = f"{chance.getrandbits(128):032x}"
    words = [chance.choice(_WORDS) for _ in range(250)]
    text = " ".join(words)
    places = sorted(chance.sample(range(0, len(words), 4), _EVENTS))
    events = [_event(words, place, chance) for place in places]
    if run != _RUNS[0]:
        told = dict(chance.choice(events))
        events[chance.randrange(_EVENTS)] |= {"kind": "other", "place": "Paris"}
        events[chance.randrange(_EVENTS)] = told | {"event_id": "added", "span_start": 0,
                                                     "span_end": 3}  # fmt: skip
    links = [(events[one]["event_id"], events[one + 1]["event_id"]) for one in range(3)]
    values: dict[str, Any] = {column: [] for column in DOCUMENTS if "." in column} | {
        "run_id": run, "document_id": identity, "version": 1,
        "revision": f"{run}-{number}", "deleted": False, "status": "validated", "profile": "news",
        "language": "en", "title": f"Document {number}", "source": "bench", "published_at": None,
        "ingested_at": _START, "completed_at": _START, "text": text, "characters": len(text),
        "prompt_tokens": None, "cached_tokens": None, "completion_tokens": None, "cost_usd": None,
        "source_topic": "documents.ingest", "source_partition": 0, "source_offset": number,
        "replayed_from": "", "base_run_id": "", "attempt": 1,
        **{f"events.{name}": [one[name] for one in events] for name in events[0]},
        **_arguments([one["event_id"] for one in events], words),
        "relationships.relationship_id": [f"{a}-{b}" for a, b in links],
        "relationships.kind": ["precedes"] * len(links),
        "relationships.source_event_id": [a for a, _ in links],
        "relationships.target_event_id": [b for _, b in links],
        "relationships.evidence": ["later"] * len(links),
        "relationships.span_start": [0] * len(links), "relationships.span_end": [5] * len(links),
        "relationships.grounding": ["exact"] * len(links),
        "relationships.confidence": [0.8] * len(links),
    }  # fmt: skip
    return tuple(values[column] for column in DOCUMENTS)


def _event(words: list[str], place: int, chance: random.Random) -> dict[str, Any]:
    start = len(" ".join(words[:place])) + (place > 0)
    end = start + len(words[place])
    day = _START + timedelta(days=chance.randrange(365))
    return {
        "event_id": f"e{place}", "parent_event_id": "", "salience": 0.5,
        "kind": chance.choice(_KINDS), "trigger": words[place], "span_start": start,
        "span_end": end, "mentions": [(start, end)], "grounding": "exact", "summary": "",
        "time_text": f"{day:%d %B}", "time_start": day, "time_end": day, "place": "London",
        "polarity": "positive", "confidence": 0.9,
    }  # fmt: skip


def _arguments(events: list[str], words: list[str]) -> dict[str, list[Any]]:
    told = [(event, role) for event in events for role in ("buyer", "object")]
    count = len(told)
    return {
        "arguments.event_id": [event for event, _ in told],
        "arguments.argument_id": [f"{event}-{role}" for event, role in told],
        "arguments.role": [role for _, role in told],
        "arguments.text": [words[0]] * count,
        "arguments.span_start": [0] * count,
        "arguments.span_end": [len(words[0])] * count,
        "arguments.grounding": ["exact"] * count,
        "arguments.entity_id": [""] * count,
    }

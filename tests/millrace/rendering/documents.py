"""Documents as `infra.clickhouse.queries.document` gives them, for the tests of rendering."""

from datetime import UTC, datetime
from typing import Any

TEXT = "Acme bought Widget Ltd. Its founder resigned a day later."
DAY = (datetime(2024, 3, 3, tzinfo=UTC), datetime(2024, 3, 3, 23, 59, 59, tzinfo=UTC))


def event(trigger: str, start: int, **changes: Any) -> dict[str, Any]:
    end = start + len(trigger)
    return {
        "event_id": trigger, "parent_event_id": "", "salience": 0.5, "kind": "purchase",
        "trigger": trigger, "span_start": start, "span_end": end, "mentions": [(start, end)],
        "grounding": "exact", "summary": "", "time_text": "3 March 2024", "time_start": DAY[0],
        "time_end": DAY[1], "place": "London", "polarity": "positive", "confidence": 0.9,
    } | changes  # fmt: skip


def argument(role: str, text: str, start: int, of: str = "bought") -> dict[str, Any]:
    return {
        "event_id": of, "argument_id": f"{of}-{role}", "role": role, "text": text,
        "span_start": start, "span_end": start + len(text), "grounding": "exact", "entity_id": "",
    }  # fmt: skip


def document(**changes: Any) -> dict[str, Any]:
    return {
        "document_id": "a1", "title": "Acme buys", "source": "Daily", "profile": "news",
        "language": "en", "status": "validated", "revision": "0123456789abcdef",
        "published_at": DAY[0], "text": TEXT, "entities": [],
        "events": [
            event("bought", 5),
            event("resigned", 36, kind="personnel", time_start=None, time_end=None,
                  time_text="a day later", place="", polarity="possible"),
        ],
        "arguments": [
            argument("buyer", "Acme", 0),
            argument("object", "Widget Ltd", 12),
            argument("person", "Its founder", 24, of="resigned"),
        ],
        "relationships": [
            {"relationship_id": "r", "kind": "precedes", "source_event_id": "bought",
             "target_event_id": "resigned", "evidence": "a day later", "span_start": 45,
             "span_end": 56, "grounding": "exact", "confidence": 0.8}
        ],
        "findings": [],
    } | changes  # fmt: skip


def call(**changes: Any) -> dict[str, Any]:
    """A row as `infra.clickhouse.queries.calls` gives it."""
    return {
        "call_id": "c", "level": "summary", "tier": "standard", "engine": "openai", "model": "m",
        "prompt_version": "1", "prompt_tokens": 1234, "cached_tokens": 0, "completion_tokens": 56,
        "queue_ms": 3.2, "run_ms": 812.0, "from_cache": False, "outcome": "completed",
        "cost_usd": None, "called_at": DAY[0],
    } | changes  # fmt: skip

"""What differs between two runs in words and figures, the same on a terminal and on a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from millrace.rendering.event_words import when
from millrace.rendering.quantities import in_words
from millrace.runs.comparison import Example, RunComparison, RunFigures
from processors.comparison.difference import ChangedEvent
from processors.comparison.reading import ReadEvent, ReadRelationship

SIGNS: Final[Mapping[str, str]] = {"added": "+", "removed": "−", "changed": "±", "same": "="}
_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Line:
    """One event or relationship that differs: ``group`` is how, a key of ``SIGNS``."""

    group: str
    what: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of a table: what it is, and its values in words."""

    name: str
    values: tuple[str, ...]


def run_figures(found: RunComparison) -> list[Figure]:
    """What each run has, the first and the second."""
    return [Figure(name, (read(found.a), read(found.b))) for name, read in _OF_A_RUN.items()]


def _per_document(run: RunFigures) -> str:
    return f"{run.events / run.documents:.2f}" if run.documents else "–"


def _cost(run: RunFigures) -> str:
    spent = run.spending
    unknown = spent.calls_without_cost
    more = f" and {unknown:,} calls unknown" if unknown and spent.cost_usd is not None else ""
    return in_words(spent.cost_usd, "currencyUSD") + more


_OF_A_RUN: Final = {
    "documents": lambda run: f"{run.documents:,}",
    "for review": lambda run: f"{run.review:,}",
    "events": lambda run: f"{run.events:,}",
    "events per document": _per_document,
    "relationships": lambda run: f"{run.relationships:,}",
    "model calls": lambda run: f"{run.spending.calls:,}",
    "of them from the cache": lambda run: f"{run.spending.from_cache:,}",
    "prompt tokens": lambda run: _count(run.spending.prompt_tokens),
    "completion tokens": lambda run: _count(run.spending.completion_tokens),
    "cost": _cost,
}


def _count(tokens: int | None) -> str:
    return "–" if tokens is None else f"{tokens:,}"


def differences(found: RunComparison) -> list[Figure]:
    """What differs: how many, and the share of what both runs have where that says something."""
    totals, a, b = found.totals, found.a.run_id, found.b.run_id
    links = totals.links_added, totals.links_removed, totals.links_changed

    def figure(name: str, count: int, of: int = 0) -> Figure:
        return Figure(name, (f"{count:,}", in_words(count / of, "percentunit") if of else ""))

    changes = [
        figure(f"… in {name}", count, totals.changed)
        for name, count in totals.changes.most_common()
    ]
    agreement = in_words(totals.agreement, "percentunit")
    return [
        figure(f"documents only in {a}", found.only_a),
        figure(f"documents only in {b}", found.only_b),
        figure("documents of different texts", found.other_text),
        figure("documents compared", totals.documents),
        figure("documents that differ", totals.documents_that_differ, totals.documents),
        figure("from validated to review", found.to_review),
        figure("from review to validated", found.to_validated),
        figure("events added", totals.added, totals.events_after),
        figure("events removed", totals.removed, totals.events_before),
        figure("events changed", totals.changed, totals.events_before),
        *changes,
        Figure("events that agree", (f"{totals.unchanged:,}", agreement)),
        *(figure(f"relationships {how}", count)
          for how, count in zip(("added", "removed", "changed"), links, strict=True)),
        figure("relationships that agree", totals.links_unchanged),
    ]  # fmt: skip


def lines(example: Example) -> Iterator[Line]:
    """What differs in a document, in the order of the text; relationships after the events."""
    found, (before, after) = example.found, example.readings
    named = {one.event_id: one.trigger for one in before.events}
    named_after = {one.event_id: one.trigger for one in after.events}
    of_events = [
        *((one.start, Line("added", event(one), _circumstances(one))) for one in found.added),
        *((one.start, Line("removed", event(one), _circumstances(one))) for one in found.removed),
        *((one.after.start, Line("changed", event(one.after), changes(one)))
          for one in found.changed),
    ]  # fmt: skip
    yield from (line for _, line in sorted(of_events, key=lambda one: one[0]))
    yield from (Line("added", _link(one, named_after)) for one in found.links_added)
    yield from (Line("removed", _link(one, named)) for one in found.links_removed)
    for link in found.links_changed:
        was = f"kind: {link.before.kind} → {link.after.kind}"
        yield Line("changed", _link(link.after, named_after), (was,))


def event(one: ReadEvent) -> str:
    """An event by its kind, its trigger, and where that stands."""
    at = f"{one.start}–{one.end}" if one.is_grounded else "not in the text"
    return f"{one.kind}: {one.trigger} ({at})"


def _link(one: ReadRelationship, named: Mapping[str, str]) -> str:
    source, target = (named.get(end, "?") for end in (one.source_event_id, one.target_event_id))
    return f"relationship: {source} {one.kind} {target}"


def _circumstances(one: ReadEvent) -> tuple[str, ...]:
    """Who, when and where, and whether it happened, as far as it is told."""
    who = "; ".join(sorted(f"{role}: {words}" for role, words, _, _ in one.participants))
    told = {
        "arguments": who, "time": _time(one), "place": one.place,
        "polarity": "" if one.polarity == "positive" else one.polarity,
    }  # fmt: skip
    return tuple(f"{name}: {words}" for name, words in told.items() if words)


def changes(one: ChangedEvent) -> tuple[str, ...]:
    """What of an event differs, before and after."""
    return tuple(f"{what}: {_change(one.before, one.after, what)}" for what in one.what)


def _change(before: ReadEvent, after: ReadEvent, what: str) -> str:
    if what == "arguments":
        gone = sorted(before.participants - after.participants)
        new = sorted(after.participants - before.participants)
        # Where only the place differs, the words alone would say twice the same.
        signed = [("−", *one) for one in gone] + [("+", *one) for one in new]
        return "; ".join(
            f"{sign} {role}: {words} ({start}–{end})" for sign, role, words, start, end in signed
        )
    if what == "time":
        was, now = _time(before), _time(after)
        if was == now:
            was, now = (f"{_time(one)} (“{one.time_text}”)" for one in (before, after))
    elif what == "span":
        was, now = (
            f"{one.trigger} ({one.start}–{one.end})" if one.is_grounded else "not in the text"
            for one in (before, after)
        )
    else:
        was, now = getattr(before, what), getattr(after, what)
    return f"{was or _NONE} → {now or _NONE}"


def _time(one: ReadEvent) -> str:
    return when(
        {"time_start": one.time_start, "time_end": one.time_end, "time_text": one.time_text}
    )

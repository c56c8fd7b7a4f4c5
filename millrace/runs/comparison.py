"""Two runs compared document by document: totals, and examples of what differs."""

from dataclasses import dataclass, field

from infra.clickhouse import run_pairs
from infra.clickhouse.client import Client
from infra.clickhouse.run_pairs import DocumentCounts, RunPair, Spending
from millrace.errors import UsageError
from millrace.runs.readings import reading
from processors.comparison.difference import Difference, difference
from processors.comparison.examples import Examples
from processors.comparison.reading import Reading
from processors.comparison.totals import Totals

# Documents that only one run has are counted, and so many named.
NAMED = 20


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What one run has: documents by status, the events and relationships of all, its calls."""

    run_id: str
    validated: int
    review: int
    events: int
    relationships: int
    spending: Spending

    @property
    def documents(self) -> int:
        """All that are not deleted."""
        return self.validated + self.review


@dataclass(frozen=True, slots=True)
class Example:
    """A document that differs, with its text; ``readings`` are what each run says of it."""

    document_id: str
    title: str
    language: str
    text: str
    status_a: str
    status_b: str
    readings: tuple[Reading, Reading]
    found: Difference


@dataclass(frozen=True, slots=True)
class RunComparison:
    """What two runs have in common and what not.

    ``totals`` are over the documents that both have of one text. ``only_in_a`` and ``only_in_b``
    name some of ``only_a`` and ``only_b`` documents. ``to_review`` went from validated in the
    first run to review in the second.
    """

    a: RunFigures
    b: RunFigures
    profile: str
    only_a: int
    only_b: int
    only_in_a: tuple[str, ...]
    only_in_b: tuple[str, ...]
    other_text: int
    to_review: int
    to_validated: int
    totals: Totals
    examples: tuple[Example, ...] = field(default=())


def compare(client: Client, pair: RunPair, samples: int) -> RunComparison:
    """Compare two runs.

    Args:
        client: a connection.
        pair: the runs, and the profile of the documents.
        samples: how many examples.

    Raises:
        UsageError: a run is not there, has no documents (of that profile), or is both.
        UnavailableError: ClickHouse does not answer.
    """
    _check_names(client, pair)
    groups = run_pairs.counts(client, pair)
    figures = [_figures(client, pair, groups, run) for run in (pair.a, pair.b)]
    for one in figures:
        if not one.documents:
            of_profile = f" of profile {pair.profile}" if pair.profile else ""
            raise UsageError(
                f"run {one.run_id!r} has no documents{of_profile}: there is nothing to compare"
            )
    totals, examples = _totals(client, pair, groups, samples)

    def documents(*statuses: tuple[str, str]) -> int:
        return sum(one.documents for one in groups if (one.status_a, one.status_b) in statuses)

    only_a = sum(one.documents for one in groups if not one.status_b)
    only_b = sum(one.documents for one in groups if not one.status_a)
    return RunComparison(
        a=figures[0],
        b=figures[1],
        profile=pair.profile,
        only_a=only_a,
        only_b=only_b,
        only_in_a=tuple(run_pairs.only_in(client, pair, pair.a, NAMED)) if only_a else (),
        only_in_b=tuple(run_pairs.only_in(client, pair, pair.b, NAMED)) if only_b else (),
        other_text=sum(one.documents for one in groups if _is_shared(one) and not one.is_same_text),
        to_review=documents(("validated", "review")),
        to_validated=documents(("review", "validated")),
        totals=totals,
        examples=examples,
    )


def _check_names(client: Client, pair: RunPair) -> None:
    if pair.a == pair.b:
        raise UsageError(f"run {pair.a!r} is compared with itself: name two runs")
    there = run_pairs.run_names(client)
    for name in (pair.a, pair.b):
        if name not in there:
            raise UsageError(f"no run {name!r}; there are {', '.join(there)}")


def _is_shared(group: DocumentCounts) -> bool:
    return bool(group.status_a and group.status_b)


def _figures(client: Client, pair: RunPair, groups: list[DocumentCounts], run: str) -> RunFigures:
    side = "a" if run == pair.a else "b"

    def documents(status: str) -> int:
        return sum(one.documents for one in groups if getattr(one, f"status_{side}") == status)

    return RunFigures(
        run_id=run,
        validated=documents("validated"),
        review=documents("review"),
        events=sum(getattr(one, f"events_{side}") for one in groups),
        relationships=sum(getattr(one, f"relationships_{side}") for one in groups),
        spending=run_pairs.spending(client, pair, run),
    )


def _totals(
    client: Client, pair: RunPair, groups: list[DocumentCounts], samples: int
) -> tuple[Totals, tuple[Example, ...]]:
    totals, chosen = Totals(), Examples[tuple[Reading, Reading]](samples)
    for one in groups:
        if one.is_same_text and one.is_same_revision:
            totals.add_same(one.documents, one.events_a, one.relationships_a)
    for page in run_pairs.pages(client, pair):
        for rows in page:
            before, after = (reading(row) for row in rows)
            found = difference(before, after)
            totals.add(found)
            chosen.offer(rows[0]["document_id"], found, (before, after))
    return totals, _examples(client, pair, chosen)


def _examples(
    client: Client, pair: RunPair, chosen: Examples[tuple[Reading, Reading]]
) -> tuple[Example, ...]:
    picked = chosen.spread()
    ids = [one.document_id for one in picked]
    before = run_pairs.texts(client, pair.a, ids)
    after = run_pairs.texts(client, pair.b, ids)
    return tuple(
        Example(
            document_id=one.document_id,
            title=after[one.document_id]["title"],
            language=after[one.document_id]["language"],
            text=after[one.document_id]["text"],
            status_a=before[one.document_id]["status"],
            status_b=after[one.document_id]["status"],
            readings=one.kept,
            found=one.found,
        )
        for one in picked
        # It may have been deleted meanwhile.
        if one.document_id in before and one.document_id in after
    )

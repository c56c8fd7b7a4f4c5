"""Runs in words, for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from infra.clickhouse.run_figures import LevelFigures, RunFigures
from schemas.run import Specification, TierModel
from schemas.topics import LEVELS

_UNKNOWN = "–"


def answering(specification: Specification) -> str:
    """Engines and models that answer, as ENGINE/MODEL; of several levels in their order."""
    used = [
        specification.served_by(specification.tier_of(level, specification.tier))
        for level in LEVELS
    ]
    return ", ".join(dict.fromkeys(_engine(one) for one in used if one is not None))


def in_words(specification: Specification) -> Iterator[str]:
    """What decides a run's answers, a line each."""
    tiers = specification.tiers or (
        TierModel(tier=specification.tier, engine=specification.engine, model=specification.model),
    )
    yield from (f"tier {one.tier}: {_engine(one)}" for one in tiers)
    yield from (f"{one.level}: answered by tier {one.tier}" for one in specification.levels)
    digests = ", ".join(f"{one.level} {one.digest}" for one in specification.prompts)
    yield f"prompts: version {specification.prompt_version}" + (f" ({digests})" if digests else "")
    yield from (f"profile {one.name}: with {one.changes}" for one in specification.profiles)


def _engine(one: TierModel) -> str:
    return f"{one.engine}/{one.model}" if one.model else one.engine


def counts(found: RunFigures) -> str:
    """How much there is of a run."""
    return (
        f"{number(found.documents, 'document')}, {found.review:,} of them for review; "
        f"{number(found.events, 'event')}; {number(found.dead_letters, 'dead letter')}; "
        f"{number(found.calls, 'call')}, cost {dollars(found.cost_usd)}"
    )


def leveling(base: str, run_id: str) -> str:
    """The command that gives a run the documents that it lacks."""
    return f"millrace replay documents.ingest --missing-from {base} --run {run_id}"


def lacking(run_id: str, base: str, missing: int) -> str:
    """How many documents of another run a run lacks, and what brings them."""
    return (
        f"run {run_id} lacks {missing:,} of the documents of {base}: bring them with "
        f"`{leveling(base, run_id)}`"
    )


def number(count: int, what: str) -> str:
    """A count with what it counts."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def dollars(value: float | None) -> str:
    """US dollars; a dash where the cost is not known."""
    if value is None:
        return _UNKNOWN
    return f"${value:,.2f}" if value >= 1 or value == 0 else f"${value:.4g}"


def moment(time: datetime | None) -> str:
    """A time in UTC, to the minute; a dash where there is none."""
    return _UNKNOWN if time is None else f"{time:%Y-%m-%d %H:%M}"


def levels(found: Sequence[LevelFigures]) -> Iterator[str]:
    """A table of the calls by level."""
    rows = [
        {
            "level": one.level,
            "documents": f"{one.documents:,}",
            "calls": f"{one.calls:,}",
            "from cache": f"{one.from_cache:,}",
            "prompt tokens": _tokens(one.prompt_tokens),
            "cached": _tokens(one.cached_tokens),
            "answer tokens": _tokens(one.completion_tokens),
            "cost": dollars(one.cost_usd),
        }
        for one in found
    ]
    return table(rows, left=("level",))


def _tokens(count: int | None) -> str:
    return _UNKNOWN if count is None else f"{count:,}"


def table(rows: Sequence[Mapping[str, str]], left: Sequence[str]) -> Iterator[str]:
    """Lines of columns under their heads, as wide as they must be.

    Args:
        rows: the cells by head, all with the same heads.
        left: the heads of columns of words; the others are numbers.
    """
    if not rows:
        return
    widths = {head: max(len(head), *(len(row[head]) for row in rows)) for head in rows[0]}
    for row in ({head: head for head in widths}, *rows):
        yield "  ".join(
            row[head].ljust(width) if head in left else row[head].rjust(width)
            for head, width in widths.items()
        ).rstrip()

"""Dead letters in the tables: chosen, counted, read with all their bytes, marked, dropped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.clickhouse.client import Client
from infra.clickhouse.migrations import expand
from schemas.letter import Letter, Place, ingested_ms
from schemas.moments import milliseconds

# Parameters stand in the URL of a request, which servers bound.
_NAMES_AT_ONCE = 100
_DROP = "DELETE FROM dead_letters {on_cluster} WHERE letter_id IN "
_FACTS = (
    "letter_id, stage, kind, message, run_id, document_id, source_topic, source_partition, "
    "source_offset, attempt, failed_at, redriven_at, "
    "ifNull(length(key), 0) + ifNull(length(value), 0) AS bytes"
)


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters: those that meet all that is not None.

    ``since`` and ``until`` bound when a letter was written, the end exclusive; ``contains`` is
    found in its message, upper or lower case alike; ``redriven`` is whether it was sent on since.
    """

    stage: str | None = None
    kind: str | None = None
    run: str | None = None
    document: str | None = None
    topic: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    contains: str | None = None
    redriven: bool | None = None

    @property
    def is_everything(self) -> bool:
        """Whether it leaves nothing out."""
        return self == LetterFilter()

    def _where(self) -> tuple[str, dict[str, object]]:
        """The condition, and what is bound in it."""
        equal = {
            "stage": self.stage,
            "kind": self.kind,
            "run_id": self.run,
            "document_id": self.document,
            "source_topic": self.topic,
        }
        parts = [
            f"{column} = {{{column}:String}}" for column, at in equal.items() if at is not None
        ]
        bound: dict[str, object] = {column: at for column, at in equal.items() if at is not None}
        if self.since is not None:
            parts.append("failed_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')")
            bound["since"] = milliseconds(self.since)
        if self.until is not None:
            parts.append("failed_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')")
            bound["until"] = milliseconds(self.until)
        if self.contains is not None:
            parts.append("positionCaseInsensitiveUTF8(message, {contains:String}) > 0")
            bound["contains"] = self.contains
        if self.redriven is not None:
            parts.append("redriven_at IS NOT NULL" if self.redriven else "redriven_at IS NULL")
        return " AND ".join(parts) or "true", bound


@dataclass(frozen=True, slots=True)
class LetterName:
    """A letter at one of its attempts: ``bytes`` are those of its key and value."""

    letter_id: str
    attempt: int
    topic: str
    bytes: int


def count(client: Client, chosen: LetterFilter) -> int:
    """How many letters are chosen."""
    where, bound = chosen._where()
    (row,) = client.query(
        f"SELECT count() AS letters FROM dead_letters FINAL WHERE {where}",  # noqa: S608 - columns
        bound,
    )
    return int(row["letters"])


def newest(client: Client, chosen: LetterFilter, limit: int) -> list[dict[str, Any]]:
    """The letters that were written last, newest first, without their contents."""
    where, bound = chosen._where()
    return client.query(
        f"SELECT {_FACTS} FROM dead_letters FINAL WHERE {where} "  # noqa: S608 - columns
        "ORDER BY failed_at DESC, letter_id LIMIT {limit:UInt64}",
        {**bound, "limit": limit},
    )


def stats(client: Client, chosen: LetterFilter) -> list[dict[str, Any]]:
    """The chosen letters by stage, kind and run, the most first."""
    where, bound = chosen._where()
    return client.query(
        "SELECT stage, kind, run_id, count() AS letters, "  # noqa: S608 - columns
        "countIf(redriven_at IS NOT NULL) AS redriven, min(failed_at) AS first, "
        f"max(failed_at) AS last FROM dead_letters FINAL WHERE {where} "
        "GROUP BY stage, kind, run_id ORDER BY letters DESC, stage, kind, run_id",
        bound,
    )


def names(client: Client, chosen: LetterFilter) -> list[LetterName]:
    """The chosen letters, those whose records came first before the others."""
    where, bound = chosen._where()
    rows = client.query(
        "SELECT letter_id, attempt, source_topic AS topic, "  # noqa: S608 - columns
        "ifNull(length(key), 0) + ifNull(length(value), 0) AS bytes "
        f"FROM dead_letters FINAL WHERE {where} "
        "ORDER BY text_version, source_topic, source_partition, source_offset, letter_id",
        bound,
    )
    return [LetterName(**row) for row in rows]


def find(client: Client, letter_id: str) -> Letter | None:
    """A letter with all its bytes; None where there is none of that id."""
    found = _read(client, "letter_id = {id:String}", {"id": letter_id})
    return found[0] if found else None


def contents(client: Client, chosen: Sequence[LetterName]) -> list[Letter]:
    """Letters with all their bytes, in the order of their names.

    One that has failed again since it was named, or was dropped, is left out.
    """
    found = {}
    for some in _parts(chosen):
        named = [(one.letter_id, one.attempt) for one in some]
        for letter in _read(
            client,
            "(letter_id, attempt) IN {names:Array(Tuple(String, UInt32))}",
            {"names": named},
        ):
            found[letter.letter_id] = letter
    return [found[one.letter_id] for one in chosen if one.letter_id in found]


def mark_redriven(client: Client, letters: Sequence[Letter], at: datetime) -> None:
    """Note that letters were sent on their way again.

    The row is written once more with the moment in it: by its key it takes the place of the one
    before. One that has failed again meanwhile is of a later attempt, and stays as it is.
    """
    for some in _parts(letters):
        client.command(
            "INSERT INTO dead_letters SELECT * REPLACE ("
            "fromUnixTimestamp64Milli({at:Int64}, 'UTC') AS redriven_at) FROM dead_letters FINAL "
            "WHERE (letter_id, attempt) IN {names:Array(Tuple(String, UInt32))}",
            {
                "at": milliseconds(at),
                "names": [(one.letter_id, one.attempt) for one in some],
            },
        )


def redriven(client: Client, letter_ids: Sequence[str]) -> list[tuple[str, int]]:
    """Those of these letters that are marked as redriven, each with its attempt."""
    return [
        (row["letter_id"], row["attempt"])
        for some in _parts(letter_ids)
        for row in client.query(
            "SELECT letter_id, attempt FROM dead_letters FINAL "
            "WHERE redriven_at IS NOT NULL AND letter_id IN {ids:Array(String)}",
            {"ids": list(some)},
        )
    ]


def drop(client: Client, chosen: Sequence[LetterName]) -> None:
    """Remove letters, all attempts of each."""
    for some in _parts(chosen):
        client.command(
            expand(_DROP, client.server) + "{ids:Array(String)}",
            {"ids": [one.letter_id for one in some]},
        )


def letter_of_newest_text(
    client: Client, document_id: str, run_id: str | None = None
) -> dict[str, Any] | None:
    """The letter that a document's newest text has become; None where that text got through.

    As the view ``current_findings`` tells it of the promoted run, here of ``run_id`` as well.
    """
    run = "(SELECT argMax(run_id, seq) FROM promotions)" if run_id is None else "{run:String}"
    rows = client.query(
        f"""
        SELECT letter_id, stage, kind, message, attempt, failed_at, redriven_at
        FROM dead_letters FINAL
        WHERE document_id = {{id:String}} AND run_id IN ('', {run})
            AND source_topic NOT IN ('inference.calls', 'dead-letters')
            AND bitShiftRight(text_version, 48) > (
                SELECT bitShiftRight(max(version), 48) FROM documents
                WHERE run_id = {run} AND document_id = {{id:String}})
        ORDER BY text_version DESC LIMIT 1
        """,  # noqa: S608 - constants
        {"id": document_id, **({} if run_id is None else {"run": run_id})},
    )
    return rows[0] if rows else None


def _read(client: Client, where: str, bound: Mapping[str, object]) -> list[Letter]:
    rows = client.query_bytes(
        f"SELECT * FROM dead_letters FINAL WHERE {where}",  # noqa: S608 - constants
        bound,
    )
    return [_letter(row) for row in rows]


def _letter(row: Mapping[str, Any]) -> Letter:
    def text(name: str) -> str:
        return bytes(row[name]).decode("utf-8", "replace")

    return Letter(
        letter_id=text("letter_id"),
        attempt=row["attempt"],
        stage=text("stage"),
        kind=text("kind"),
        message=text("message"),
        run_id=text("run_id"),
        document_id=text("document_id"),
        place=Place(
            topic=text("source_topic"),
            partition=row["source_partition"],
            offset=row["source_offset"],
            timestamp_ms=ingested_ms(row["text_version"]),
        ),
        key=row["key"],
        value=row["value"],
        headers=tuple((name.decode("utf-8", "replace"), value) for name, value in row["headers"]),
        failed_at=row["failed_at"],
        redriven_at=row["redriven_at"],
        text_version=row["text_version"],
    )


def _parts(chosen: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (chosen[at : at + _NAMES_AT_ONCE] for at in range(0, len(chosen), _NAMES_AT_ONCE))

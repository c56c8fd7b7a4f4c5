"""What is said to the cache's file: one function per statement or few that belong together."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from streams.inference.cache.completions import Deletion, Owner

# A use is noted once an hour: enough to tell what is in use, and a hit is seldom a write.
_USE_STEP_S = 3_600


@dataclass(frozen=True, slots=True)
class Found:
    """A kept answer; ``noted`` says whether its owner and its use are on record already."""

    value: bytes
    noted: bool


def find(
    connection: sqlite3.Connection, key: bytes, owner: Owner, now: int, oldest: int
) -> Found | None:
    """The answer under ``key`` that was kept since ``oldest``."""
    row = connection.execute(
        """SELECT value, used_at, ingested_at_ms FROM completions
           LEFT JOIN owners ON completion_id = id AND document_id = ?
           WHERE key = ? AND stored_at >= ?""",
        (owner.document_id, key, oldest),
    ).fetchone()
    if row is None:
        return None
    value, used_at, ingested_at_ms = row
    owned = ingested_at_ms is not None and ingested_at_ms >= owner.ingested_at_ms
    return Found(value, owned and used_at > now - _USE_STEP_S)


def is_deleted(connection: sqlite3.Connection, owner: Owner) -> bool:
    """Whether this text of the document was deleted."""
    found = connection.execute(
        "SELECT 1 FROM deletions WHERE document_id = ? AND deleted_at_ms >= ?",
        (owner.document_id, owner.ingested_at_ms),
    )
    return found.fetchone() is not None


def keep(connection: sqlite3.Connection, key: bytes, value: bytes, now: int) -> None:
    """Keep an answer, in place of a former one; owners stay."""
    connection.execute(
        """INSERT INTO completions (key, value, stored_at, used_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (key) DO UPDATE SET
               value = excluded.value, stored_at = excluded.stored_at, used_at = excluded.used_at
        """,
        (key, value, now, now),
    )


def own(connection: sqlite3.Connection, key: bytes, owner: Owner, now: int) -> None:
    """Note that the answer belongs to ``owner`` too, and was used."""
    connection.execute(
        "UPDATE completions SET used_at = ? WHERE key = ? AND used_at <= ?",
        (now, key, now - _USE_STEP_S),
    )
    connection.execute(
        """INSERT INTO owners SELECT ?, id, ? FROM completions WHERE key = ?
           ON CONFLICT DO UPDATE SET ingested_at_ms = max(ingested_at_ms, excluded.ingested_at_ms)
        """,
        (owner.document_id, owner.ingested_at_ms, key),
    )


def forget(connection: sqlite3.Connection, document_id: str, until_ms: int | None = None) -> int:
    """Drop what belongs to texts of a document ingested until then, and to no other document.

    Returns:
        How many answers went.
    """
    owned = connection.execute(
        "SELECT completion_id FROM owners WHERE document_id = ? AND ingested_at_ms <= ?",
        (document_id, 2**63 - 1 if until_ms is None else until_ms),
    ).fetchall()
    gone = 0
    for (completion_id,) in owned:
        connection.execute(
            "DELETE FROM owners WHERE document_id = ? AND completion_id = ?",
            (document_id, completion_id),
        )
        gone += connection.execute(
            """DELETE FROM completions WHERE id = ?
               AND NOT EXISTS (SELECT 1 FROM owners WHERE completion_id = completions.id)""",
            (completion_id,),
        ).rowcount
    return gone


def note_deletions(
    connection: sqlite3.Connection, deletions: Sequence[Deletion], oldest: int
) -> None:
    """Remember deletions, and forget those from before ``oldest`` (seconds)."""
    connection.executemany(
        """INSERT INTO deletions VALUES (?, ?)
           ON CONFLICT DO UPDATE SET deleted_at_ms = max(deleted_at_ms, excluded.deleted_at_ms)""",
        [(deletion.document_id, deletion.deleted_at_ms) for deletion in deletions],
    )
    connection.execute("DELETE FROM deletions WHERE deleted_at_ms < ?", (oldest * 1000,))


def expire(connection: sqlite3.Connection, oldest: int, at_most: int) -> int:
    """Drop answers kept before ``oldest``; give how many."""
    return connection.execute(
        """DELETE FROM completions WHERE id IN
           (SELECT id FROM completions WHERE stored_at < ? ORDER BY stored_at LIMIT ?)""",
        (oldest, at_most),
    ).rowcount


def evict(connection: sqlite3.Connection, at_most: int) -> int:
    """Drop the least recently used answers; give how many."""
    return connection.execute(
        "DELETE FROM completions WHERE id IN (SELECT id FROM completions ORDER BY used_at LIMIT ?)",
        (at_most,),
    ).rowcount


def used_bytes(connection: sqlite3.Connection) -> int:
    """The bytes of the pages in use: what the file needs at least."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * size)

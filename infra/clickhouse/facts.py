"""What a ClickHouse server says about itself, our database and its tables; changes nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import bundled_migrations

_RELATION = re.compile(r"^CREATE (?:TABLE IF NOT EXISTS|OR REPLACE VIEW) (\w+)", re.MULTILINE)
_LETTERS = "dead_letters"


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """A server: its version, its clock (seconds since 1970), and whether our database is there."""

    version: str
    clock_s: float
    has_database: bool


@dataclass(frozen=True, slots=True)
class MigrationFacts:
    """Names of bundled migrations that are not applied, or have changed since they were."""

    applied: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def server_facts(server: ClickHouse) -> ServerFacts:
    """Ask the server about itself.

    Raises:
        UnavailableError: ClickHouse does not answer.
        AccessError: its certificate is not trusted.
        StoreRefusedError: it refused this user.
    """
    client = Client(server, database="default")
    try:
        row = client.query(
            "SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS clock_ms, "
            "(SELECT count() FROM system.databases WHERE name = {name:String}) AS databases",
            {"name": server.database},
        )[0]
    finally:
        client.close()
    return ServerFacts(str(row["version"]), int(row["clock_ms"]) / 1000, bool(row["databases"]))


def migration_facts(client: Client) -> MigrationFacts:
    """Which migrations of this version are applied to the database."""
    digests = {}
    if "migrations" not in missing_relations(client, ["migrations"]):
        rows = client.query("SELECT number, digest FROM migrations FINAL")
        digests = {int(row["number"]): str(row["digest"]) for row in rows}
    bundled = bundled_migrations()
    known = [one for one in bundled if one.number in digests]
    return MigrationFacts(
        applied=len(known),
        missing=tuple(one.name for one in bundled if one.number not in digests),
        changed=tuple(one.name for one in known if digests[one.number] != one.digest),
    )


def expected_relations() -> list[str]:
    """The tables and views that the migrations make."""
    found = [name for one in bundled_migrations() for name in _RELATION.findall(one.sql)]
    return list(dict.fromkeys(found))


def missing_relations(client: Client, names: Sequence[str]) -> list[str]:
    """Those of the tables and views ``names`` that the database does not have."""
    rows = client.query("SELECT name FROM system.tables WHERE database = currentDatabase()")
    there = {str(row["name"]) for row in rows}
    return [name for name in names if name not in there]


def try_to_insert(client: Client) -> None:
    """Insert no rows at all, which asks for the same rights.

    Raises:
        StoreRefusedError: this user may not insert.
    """
    client.command(f"INSERT INTO {_LETTERS} SELECT * FROM {_LETTERS} WHERE false")  # noqa: S608

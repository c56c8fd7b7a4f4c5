"""Migrations: numbered SQL files, applied once, in order, each recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files

from infra.clickhouse.client import ClickHouse, Client
from schemas.errors import StoreRefusedError

_RECORD = """
CREATE TABLE IF NOT EXISTS migrations {on_cluster}
(
    number UInt32,
    name String,
    digest String,
    applied_at DateTime64(3, 'UTC')
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered SQL file; statements are separated by a semicolon at a line's end."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """What the file was when it was applied: an applied file must not change."""
        return sha256(self.sql.encode()).hexdigest()

    def statements(self) -> list[str]:
        """The file's statements without comments."""
        return statements(self.sql)


def statements(sql: str) -> list[str]:
    """The statements of a file, each ending with a semicolon at a line's end, without comments."""
    lines = [line for line in sql.splitlines() if not line.lstrip().startswith("--")]
    parts = "\n".join(lines).split(";\n")
    return [part.strip().rstrip(";") for part in parts if part.strip()]


def bundled_migrations() -> list[Migration]:
    """All migrations of this version, by number."""
    found = [
        Migration(int(file.name[:4]), file.name, file.read_text("utf-8"))
        for file in files(__name__).iterdir()
        if file.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.number)


def migrate(server: ClickHouse, on_applied: Callable[[str], None] = lambda _: None) -> None:
    """Bring the database to this version; what is applied already is left alone.

    Every statement may be repeated, so a crash in the middle is healed by the next call.

    Raises:
        StoreRefusedError: a statement failed, or an applied file has changed since.
        UnavailableError: ClickHouse does not answer.
    """
    outside = Client(server, database="default")
    try:
        outside.command(expand("CREATE DATABASE IF NOT EXISTS {database} {on_cluster}", server))
    finally:
        outside.close()
    client = Client(server)
    try:
        client.command(expand(_RECORD, server))
        applied = {
            int(row["number"]): str(row["digest"])
            for row in client.query("SELECT number, digest FROM migrations FINAL")
        }
        for migration in bundled_migrations():
            digest = applied.get(migration.number)
            if digest is None:
                _apply(client, migration, server)
                on_applied(migration.name)
            elif digest != migration.digest:
                raise StoreRefusedError(
                    f"migration {migration.name} has changed since it was applied to "
                    f"{server.url}: restore the file and add a new migration instead"
                )
    finally:
        client.close()


def _apply(client: Client, migration: Migration, server: ClickHouse) -> None:
    for statement in migration.statements():
        client.command(expand(statement, server))
    row = (migration.number, migration.name, migration.digest, datetime.now(UTC))
    client.insert("migrations", ("number", "name", "digest", "applied_at"), [row])


def expand(statement: str, server: ClickHouse) -> str:
    """Fill in what differs between one server and a replicated cluster."""
    cluster = f"ON CLUSTER {quoted(server.cluster)}" if server.cluster else ""
    return (
        statement.replace("{on_cluster}", cluster)
        .replace("{replicated}", "Replicated" if cluster else "")
        .replace("{database}", quoted(server.database))
    )


def quoted(name: str) -> str:
    """A name as an identifier of SQL, whatever is in it."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"

"""ClickHouse: whether it answers, and whether the tables are there and take rows."""

import time

from infra.clickhouse import facts
from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.facts import MigrationFacts
from millrace.checks.finding import Finding, State, absent, of_error, ok, problem, warning
from schemas.errors import StoreRefusedError

_LARGEST_SKEW_S = 60.0
_CREATE = "`millrace up` or `millrace run` creates what is missing"


def clickhouse(server: ClickHouse) -> list[Finding]:
    """The server, its clock, the database, its tables and views, and the right to insert.

    Raises:
        UnavailableError: ClickHouse does not answer.
        AccessError: its certificate is not trusted.
    """
    began, began_at = time.monotonic(), time.time()
    try:
        found = facts.server_facts(server)
    except StoreRefusedError as error:
        advice = "check MILLRACE_CLICKHOUSE_USER and MILLRACE_CLICKHOUSE_PASSWORD"
        return [problem("clickhouse", str(error), advice)]
    seconds = time.monotonic() - began
    seen = f"{found.version} at {server.url}, answered in {seconds * 1000:.0f} ms"
    findings = [ok("clickhouse", seen), check_clock(found.clock_s - (began_at + seconds / 2))]
    if not found.has_database:
        missing = absent("database", f"{server.database} is not there", _CREATE)
        return [*findings, missing]
    client = Client(server)
    try:
        return [*findings, *_tables(client, server.database)]
    finally:
        client.close()


def check_clock(ahead_s: float) -> Finding:
    """Whether the server's clock, ``ahead_s`` seconds before ours, tells the same time."""
    if abs(ahead_s) > _LARGEST_SKEW_S:
        seen = (
            f"ClickHouse's is {abs(ahead_s):,.0f} s {'ahead of' if ahead_s > 0 else 'behind'} ours"
        )
        return warning("clock", seen, "set both by NTP: times order the versions of a document")
    return ok("clock", f"within {max(abs(ahead_s), 0.1):.1f} s of ClickHouse's")


def _tables(client: Client, database: str) -> list[Finding]:
    findings = [check_migrations(facts.migration_facts(client))]
    expected = facts.expected_relations()
    missing = facts.missing_relations(client, expected)
    if missing and findings[0].state is State.ABSENT:
        return findings
    if missing:
        advice = (
            "they were dropped: restore them from a backup; or drop the table migrations too, and "
            "`millrace run` makes them anew"
        )
        return [*findings, problem("tables", f"{database} lacks {', '.join(missing)}", advice)]
    findings.append(ok("tables", f"all {len(expected)} tables and views of {database}"))
    try:
        facts.try_to_insert(client)
    except StoreRefusedError as error:
        refused = of_error("insert", State.PROBLEM, error)
        user = client.server.user
        advice = f"grant SELECT and INSERT on {database}.* to user {user}"
        return [*findings, problem("insert", refused.seen, advice)]
    return [*findings, ok("insert", f"user {client.server.user} may insert")]


def check_migrations(found: MigrationFacts) -> Finding:
    """Whether the database is at this version."""
    if found.changed:
        return problem(
            "migrations",
            f"{', '.join(found.changed)} changed since applied",
            "restore the file, and put the change into a new migration",
        )
    if found.missing:
        seen = f"{', '.join(found.missing)} not applied yet"
        return absent("migrations", seen, _CREATE)
    return ok("migrations", f"all {found.applied} are applied")

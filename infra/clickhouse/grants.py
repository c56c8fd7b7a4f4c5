"""Rights on a real ClickHouse: a role that writes and one that reads, as SQL in `grants.sql`."""

from importlib.resources import files

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import expand, quoted, statements


def grants(server: ClickHouse, definer: str) -> list[str]:
    """The statements that give the rights, in their order; each may be repeated.

    Args:
        server: whose database, and on what cluster.
        definer: the user with whose rights views read their tables: the one of the stages.
    """
    sql = files(__package__).joinpath("grants.sql").read_text("utf-8")
    return [
        expand(statement, server).replace("{definer}", quoted(definer))
        for statement in statements(sql)
    ]


def give(server: ClickHouse, definer: str) -> None:
    """Give the rights, as a user who may.

    Raises:
        UnavailableError: ClickHouse does not answer.
        StoreRefusedError: it refused a statement: this user may not, or it knows no roles.
    """
    client = Client(server)
    try:
        for statement in grants(server, definer):
            client.command(statement)
    finally:
        client.close()

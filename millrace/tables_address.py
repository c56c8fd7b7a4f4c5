"""Where the tables are: alone in its module, for commands that need nothing else to be quick."""

from infra.clickhouse.client import ClickHouse
from millrace.security import clickhouse_cafile
from millrace.settings import Settings


def clickhouse(settings: Settings) -> ClickHouse:
    """How to reach ClickHouse.

    Raises:
        SettingsError: the file of authorities cannot be used.
    """
    return ClickHouse(
        url=settings.clickhouse_url,
        database=settings.clickhouse_database,
        user=settings.clickhouse_user,
        password=settings.clickhouse_password.get_secret_value(),
        cluster=settings.clickhouse_cluster,
        cafile=clickhouse_cafile(settings),
    )

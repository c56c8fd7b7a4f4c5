"""What is said to a server to remove a run."""

from collections.abc import Mapping

import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.runs import drop_run

HOSTILE = "a' OR 1; DROP TABLE documents --"


class Listening(Client):
    """A connection that keeps what would be said."""

    def __init__(self, cluster: str = "") -> None:
        super().__init__(ClickHouse("http://127.0.0.1:1", cluster=cluster))
        self.said: list[tuple[str, Mapping[str, object] | None]] = []

    def command(self, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        self.said.append((sql, parameters))


@pytest.mark.parametrize(("cluster", "where"), [("", ""), ("main", "ON CLUSTER `main`")])
def test_every_table_but_the_promotions_forgets_it_its_name_last(cluster: str, where: str) -> None:
    client = Listening(cluster)

    drop_run(client, HOSTILE)

    assert [" ".join(sql.split()) for sql, _ in client.said] == [
        " ".join(sql.split())
        for sql in (
            f"ALTER TABLE documents {where} DROP PARTITION {{run:String}}",
            f"DELETE FROM inference_calls {where} WHERE run_id = {{run:String}}",
            f"DELETE FROM inference_calls_by_time {where} WHERE run_id = {{run:String}}",
            f"DELETE FROM dead_letters {where} WHERE run_id = {{run:String}}",
            f"DELETE FROM runs {where} WHERE run_id = {{run:String}}",
        )
    ]
    assert [parameters for _, parameters in client.said] == [{"run": HOSTILE}] * 5

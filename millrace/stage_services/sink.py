"""The sink into ClickHouse."""

from infra.clickhouse.client import Client
from infra.clickhouse.tables import ClickHouseTables
from millrace import wiring
from millrace.stage_services.surroundings import StageServices, Surroundings
from streams.sink.consumer import SinkConsumer
from streams.stage import Stage
from streams.telemetry.sink_metrics import MeasuredTables
from streams.watchdog import Watched


def services(stage: Stage, here: Surroundings) -> StageServices:
    """One consumer, which writes to the ClickHouse of the settings."""
    sink = SinkConsumer(
        stage,
        here.broker,
        here.membership,
        MeasuredTables(ClickHouseTables(Client(wiring.clickhouse(here.settings)))),
        here.outbox,
        on_assigned=here.expect_partitions(stage),
        tracing=here.tracing,
        limits=here.letter_limits(stage),
    )
    return StageServices([sink], Watched(stage, lambda: sink.partitions))

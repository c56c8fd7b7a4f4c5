"""The two data sources of the dashboards, and what Grafana must be to show them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Source:
    """A data source: its name, the uid by which panels call it, and the type of its plugin."""

    name: str
    uid: str
    type: str


CLICKHOUSE: Final = Source(
    "millrace ClickHouse", "millrace-clickhouse", "grafana-clickhouse-datasource"
)
PROMETHEUS: Final = Source("millrace Prometheus", "millrace-prometheus", "prometheus")

# Of the folder that `millrace dashboards push` makes.
FOLDER_UID: Final = "millrace"

# The plugin that panels' queries are written for.
PLUGIN_VERSION: Final = "4.20.0"
# The oldest that the plugin's fourth version and the dashboards' JSON work with.
OLDEST_GRAFANA: Final = (11, 0)
OLDEST_PLUGIN: Final = (4, 0)

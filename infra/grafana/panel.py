"""What a dashboard is made of, apart from Grafana: also drawn by ``millrace charts``."""

from dataclasses import dataclass
from typing import Final, Literal

# bars: a bar for each row, its name in the first column, its value in the second.
Shape = Literal["timeseries", "bars", "stat", "table"]
# Names of Grafana's units, as its field configuration has them.
Unit = Literal[
    "none", "short", "s", "ms", "percentunit", "currencyUSD", "cps", "reqps", "ops", "rowsps",
    "bool", "string",
]  # fmt: skip

TIME: Final = "time"
SERIES: Final = "series"


@dataclass(frozen=True, slots=True)
class Sql:
    """A query of ClickHouse with the macros and variables of Grafana's official data source.

    Of a time series the first column is ``time``. The others are values by their names; or, with
    ``by_series``, a column ``series`` names what one value belongs to.
    """

    query: str
    by_series: bool = False


@dataclass(frozen=True, slots=True)
class PromQl:
    """An expression of Prometheus; ``legend`` names its series by ``{{label}}``."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One question and its answer. ``title`` is the question, ``description`` how to read it.

    ``width`` is of 24 columns, ``height`` in Grafana's grid units. A cell of ``link_column`` leads
    to the URL ``link``, in which ``${__value.raw}`` is its value. ``column_units`` are those of a
    table's columns that differ from ``unit``. ``stacked``: the series add up to something.
    """

    title: str
    description: str
    unit: Unit
    shape: Shape
    queries: tuple[Sql | PromQl, ...]
    width: int = 12
    height: int = 8
    link_column: str = ""
    link: str = ""
    column_units: tuple[tuple[str, Unit], ...] = ()
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice at the top of a dashboard.

    Among what ``query`` gives, or among ``options`` (label and value), else free text. ``every``:
    all may be chosen at once by "All", which is then the default. Otherwise ``default`` is, or the
    first.
    """

    name: str
    label: str
    description: str
    query: str = ""
    options: tuple[tuple[str, str], ...] = ()
    multiple: bool = False
    every: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page. ``uid`` is part of its address in Grafana and stays."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-6h"
    tags: tuple[str, ...] = ("millrace",)

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, row by row."""
        return tuple(panel for row in self.rows for panel in row.panels)

"""Values of panels in words, by Grafana's names of units."""

import math
from datetime import datetime

from infra.grafana.panel import Unit

_UNKNOWN = "–"
_A_SECOND: dict[str, str] = {"reqps": " requests/s", "rowsps": " rows/s", "ops": "/s", "cps": "/s"}


def in_words(value: object, unit: Unit) -> str:
    """A value with its unit; "–" where there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return _UNKNOWN
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if not isinstance(value, int | float):
        return str(value)
    if unit == "bool" or isinstance(value, bool):
        return "yes" if value else "no"
    return _number(value, unit)


def _number(value: float, unit: Unit) -> str:
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit == "currencyUSD":
        return f"${value:,.4g}"
    if unit == "ms":
        return _number(value / 1000, "s")
    if unit == "s":
        return _duration(value)
    return _plain(value) + _A_SECOND.get(unit, "")


def _plain(value: float) -> str:
    if value == int(value) or abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _duration(seconds: float) -> str:
    if 0 < abs(seconds) < 1:
        return f"{seconds * 1000:.3g} ms"
    if abs(seconds) < 120:
        return f"{seconds:.3g} s"
    if abs(seconds) < 7_200:
        return f"{seconds / 60:.3g} min"
    return f"{seconds / 3_600:.3g} h" if abs(seconds) < 172_800 else f"{seconds / 86_400:.3g} d"

"""Macros and variables in a panel's SQL, filled in as Grafana and its ClickHouse plugin do it.

In their order: ``$__conditionalAll`` (the plugin in the browser), variables (Grafana), then the
other macros (the plugin's server side). After ``applyConditionalAll`` of ``CHDatasource.ts`` and
``macros.go`` in grafana/clickhouse-datasource, and Grafana's variable formats ``sqlstring`` and
``raw``. What panels here do not use is an error, not left as it stands.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from infra.grafana.panel import Variable

ALL: Final = "$__all"
Choice = str | tuple[str, ...]

_CONDITIONAL: Final = "$__conditionalAll("
_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?::(?P<format>\w+))?\}|\$(?P<bare>(?!__)\w+)")
_MACRO: Final = re.compile(r"\$__(?P<name>\w+)(?:\((?P<argument>[^()]*)\))?")


@dataclass(frozen=True, slots=True)
class TimeRange:
    """What a dashboard shows: both ends, and the seconds that one point stands for."""

    start: datetime
    end: datetime
    interval_s: int


def expand(query: str, choices: Mapping[str, Choice], shown: TimeRange) -> str:
    """The SQL that ClickHouse gets.

    Args:
        query: a panel's or a variable's.
        choices: of each variable, by name; ``ALL`` where all are chosen.
        shown: the dashboard's time.

    Raises:
        ValueError: a macro or variable is not known, or "All" stands where it has no meaning.
    """
    narrowed = _without_all(query, choices)
    filled = _VARIABLE.sub(lambda match: _variable(match, choices), narrowed)
    return _MACRO.sub(lambda match: _macro(match, shown), filled)


def defaults(
    variables: Sequence[Variable], first: Callable[[str], str | None]
) -> dict[str, Choice]:
    """What is chosen when a dashboard is opened.

    Args:
        variables: a dashboard's.
        first: the first value that a query gives, None where it gives nothing.
    """
    return {variable.name: _default(variable, first) for variable in variables}


def _default(variable: Variable, first: Callable[[str], str | None]) -> Choice:
    if variable.every:
        return ALL
    if variable.query:
        chosen = first(variable.query) or ""
    else:
        chosen = variable.default or (variable.options[0][1] if variable.options else "")
    return (chosen,) if variable.multiple else chosen


def _without_all(query: str, choices: Mapping[str, Choice]) -> str:
    """Each condition on a variable of which all are chosen is true; the others stand."""
    at = query.rfind(_CONDITIONAL)
    while at != -1:
        begin = at + len(_CONDITIONAL)
        comma, end = _arguments(query, begin)
        variable = query[comma + 1 : end].strip()
        chosen = _chosen(variable.removeprefix("$"), choices)
        condition = "1=1" if chosen in (ALL, "", (), (ALL,)) else query[begin:comma]
        query = query[:at] + condition + query[end + 1 :]
        at = query.rfind(_CONDITIONAL)
    return query


def _arguments(query: str, begin: int) -> tuple[int, int]:
    """Where the comma and the closing parenthesis of a macro with two arguments are."""
    depth, commas = 1, []
    for at in range(begin, len(query)):
        depth += {"(": 1, ")": -1}.get(query[at], 0)
        if query[at] == "," and depth == 1:
            commas.append(at)
        if depth == 0:
            if len(commas) != 1:
                break
            return commas[0], at
    raise ValueError(f"{_CONDITIONAL}… takes a condition and a variable: {query[begin:][:80]}")


def _variable(match: re.Match[str], choices: Mapping[str, Choice]) -> str:
    name, style = match["name"] or match["bare"], match["format"]
    chosen = _chosen(name, choices)
    values = (chosen,) if isinstance(chosen, str) else chosen
    if ALL in values:
        raise ValueError(f"all of ${name} are chosen, outside of {_CONDITIONAL}…)")
    if style == "sqlstring":
        return ",".join(map(_string, values))
    if style == "raw" and isinstance(chosen, str):
        return chosen
    raise ValueError(f"{match[0]}: write ${{{name}:sqlstring}}, or ${{{name}:raw}} for one value")


def _string(value: str) -> str:
    """A value as a string of SQL. A backslash escapes in ClickHouse, which Grafana forgets."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _chosen(name: str, choices: Mapping[str, Choice]) -> Choice:
    if name not in choices:
        raise ValueError(f"there is no variable ${name}: there are {', '.join(sorted(choices))}")
    return choices[name]


def _macro(match: re.Match[str], shown: TimeRange) -> str:
    start, end = (f"toDateTime({int(one.timestamp())})" for one in (shown.start, shown.end))
    seconds, column = max(1, shown.interval_s), match["argument"]
    plain = {"fromTime": start, "toTime": end, "interval_s": str(seconds)}
    if column is None and match["name"] in plain:
        return plain[match["name"]]
    if column and match["name"] == "timeFilter":
        return f"{column} >= {start} AND {column} <= {end}"
    if column and match["name"] == "timeInterval":
        return f"toStartOfInterval(toDateTime({column}), INTERVAL {seconds} second)"
    raise ValueError(f"no such macro here: {match[0]}")

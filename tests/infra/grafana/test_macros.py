"""Macros and variables as Grafana and its ClickHouse plugin fill them in."""

from datetime import UTC, datetime

import pytest

from infra.grafana.macros import ALL, Choice, TimeRange, defaults, expand
from infra.grafana.panel import Variable

HOUR = TimeRange(
    datetime(2024, 3, 5, 12, tzinfo=UTC), datetime(2024, 3, 5, 13, tzinfo=UTC), interval_s=60
)
FROM, TO = "toDateTime(1709640000)", "toDateTime(1709643600)"


def filled(query: str, **choices: Choice) -> str:
    return expand(query, choices, HOUR)


@pytest.mark.parametrize(
    ("query", "sql"),
    [
        ("WHERE $__timeFilter(called_at)", f"WHERE called_at >= {FROM} AND called_at <= {TO}"),
        (
            "$__timeInterval(called_at) AS time",
            "toStartOfInterval(toDateTime(called_at), INTERVAL 60 second) AS time",
        ),
        ("a > $__fromTime AND a < $__toTime", f"a > {FROM} AND a < {TO}"),
        ("count() / $__interval_s", "count() / 60"),
    ],
)
def test_macros_of_the_time_that_is_shown(query: str, sql: str) -> None:
    assert filled(query) == sql


def test_an_interval_is_at_least_a_second() -> None:
    assert expand("$__interval_s", {}, TimeRange(HOUR.start, HOUR.end, 0)) == "1"


def test_a_variable_may_name_the_column_of_a_macro() -> None:
    assert filled("$__timeFilter(${time:raw})", time="a") == f"a >= {FROM} AND a <= {TO}"


def test_chosen_values_are_quoted_and_separated() -> None:
    assert filled("IN (${kind:sqlstring})", kind=("a", "b")) == "IN ('a','b')"
    assert filled("= ${run:sqlstring}", run="o'clock") == "= 'o''clock'"


class TestConditionalAll:
    QUERY = "SELECT 1 WHERE $__conditionalAll(f(kind, 1) IN (${kind:sqlstring}), $kind) AND b"

    def test_the_condition_stands_where_some_are_chosen(self) -> None:
        assert filled(self.QUERY, kind=("a",)) == "SELECT 1 WHERE f(kind, 1) IN ('a') AND b"

    @pytest.mark.parametrize("chosen", [ALL, (ALL,), "", ()])
    def test_it_is_true_where_all_are_chosen_or_nothing_is(self, chosen: Choice) -> None:
        assert filled(self.QUERY, kind=chosen) == "SELECT 1 WHERE 1=1 AND b"

    def test_several_stand_on_their_own(self) -> None:
        query = "$__conditionalAll(a = ${a:sqlstring}, $a) OR $__conditionalAll(b, $b)"
        assert filled(query, a="1", b=ALL) == "a = '1' OR 1=1"


class TestMistakes:
    @pytest.mark.parametrize(
        "query",
        [
            "$__timeFilter",
            "$__timeRange(a)",
            "$__fromTime(a)",
            "$unknown",
            "$kind",
            "${kind:csv}",
            "${kind:raw}",
            "$__conditionalAll(a)",
            "$__conditionalAll(a, b, $kind)",
            "$__conditionalAll(a, $unknown)",
        ],
    )
    def test_what_panels_must_not_say_is_an_error(self, query: str) -> None:
        with pytest.raises(ValueError, match=r"\$"):
            filled(query, kind=("a", "b"))

    def test_all_has_no_meaning_outside_of_a_condition(self) -> None:
        with pytest.raises(ValueError, match="all of"):
            filled("kind IN (${kind:sqlstring})", kind=ALL)


def test_what_is_chosen_when_a_dashboard_is_opened() -> None:
    variables = (
        Variable("run", "", "", query="runs"),
        Variable("none", "", "", query="nothing"),
        Variable("kind", "", "", query="kinds", multiple=True, every=True),
        Variable("status", "", "", options=(("a", "b"), ("c", "d")), multiple=True, default="d"),
        Variable("time", "", "", options=(("a", "b"), ("c", "d"))),
        Variable("document", "", ""),
    )

    assert defaults(variables, {"runs": "live"}.get) == {
        "run": "live",
        "none": "",
        "kind": ALL,
        "status": ("d",),
        "time": "b",
        "document": "",
    }

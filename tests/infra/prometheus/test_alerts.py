"""The alert rules: over metrics that exist, explained in the runbook, silent without a reason."""

import re
import subprocess
from pathlib import Path

import pytest

from infra.grafana.dashboards import DASHBOARDS
from tests.debian import prometheus_tool
from tests.infra.docker.compose import read_yaml, services
from tests.infra.prometheus.rules_file import (
    CASES,
    ROOT,
    RULES,
    RUNBOOK,
    alerts,
    cases,
    exposed,
    grouped_by,
    selectors,
)

ALERTS = tuple(alerts())


def promtool(*arguments: str | Path) -> str:
    """What promtool says; the test fails where it is not content."""
    tool = prometheus_tool("promtool")
    done = subprocess.run(
        [tool.path, *arguments],
        env=dict(tool.environment),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def section(page: str, heading: str) -> str:
    """What a page says under a heading of the third level."""
    _, _, rest = page.partition(f"\n### {heading}\n")
    return re.split(r"\n##", rest, maxsplit=1)[0]


@pytest.mark.parametrize("name", ALERTS)
class TestEveryAlert:
    def test_its_metrics_and_their_labels_are_those_of_the_list(self, name: str) -> None:
        expression = alerts()[name]["expr"]
        known = exposed()

        found = selectors(expression)

        assert found
        for metric, labels in found:
            assert metric in known, metric
            allowed = {*known[metric].labels, "le"}
            assert labels <= allowed, f"{metric} has no label {labels - allowed}"
        all_labels = {label for metric, _ in found for label in known[metric].labels}
        assert grouped_by(expression) <= {*all_labels, "le"}

    def test_it_says_how_bad_it_is_what_happened_and_where_to_read_on(self, name: str) -> None:
        rule = alerts()[name]

        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["for"]
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
        assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{name.lower()}"

    def test_the_runbook_says_what_it_means_how_to_see_and_what_to_do(self, name: str) -> None:
        text = section(RUNBOOK.read_text("utf-8"), name)

        for part in ("**Meaning.**", "**Look.**", "**Do.**"):
            assert part in text, f"docs/operations.md, {name}, lacks {part}"

    def test_a_case_makes_it_fire_and_another_must_not(self, name: str) -> None:
        expected = [
            bool(check["exp_alerts"])
            for case in cases()
            if case["name"].startswith(f"{name}:")
            for check in case["alert_rule_test"]
            if check["alertname"] == name
        ]

        assert set(expected) == {True, False}


def test_a_case_tests_the_alert_that_it_names() -> None:
    for case in cases():
        named = case["name"].partition(":")[0]
        assert {check["alertname"] for check in case["alert_rule_test"]} == {named}


def test_prometheus_can_read_the_rules() -> None:
    assert f"SUCCESS: {len(ALERTS)} rules found" in promtool("check", "rules", RULES)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_alerts_fire_and_stay_silent_as_the_cases_say(path: Path) -> None:
    assert "SUCCESS" in promtool("test", "rules", path)


def test_the_runbook_has_a_section_for_each_alert_and_for_no_other() -> None:
    headings = re.findall(r"^### (Millrace\w+)$", RUNBOOK.read_text("utf-8"), re.MULTILINE)

    assert headings == list(ALERTS)


def test_the_panels_that_the_runbook_names_are_there() -> None:
    known = {
        (board.title, panel.title)
        for board in DASHBOARDS
        for row in board.rows
        for panel in row.panels
    }
    page = " ".join(RUNBOOK.read_text("utf-8").split())

    named = re.findall(r"(Pipeline|Inference|Events|Quality|Dead letters) › \*([^*]+)\*", page)

    assert len(named) >= len(ALERTS) - 2
    assert set(named) <= known


def test_the_prometheus_of_compose_reads_the_rules() -> None:
    (pattern,) = read_yaml(ROOT / "infra/prometheus/prometheus.yml")["rule_files"]

    mounted = {
        inside: ROOT / outside
        for outside, inside, _ in (
            volume.split(":") for volume in services()["prometheus"]["volumes"] if volume[0] == "."
        )
    }
    assert mounted[pattern] == RULES

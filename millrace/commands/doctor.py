"""``doctor``: everything that millrace needs, looked at in one go."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from millrace.terminal import TERMINAL

if TYPE_CHECKING:
    from millrace.checks.examination import Check
    from millrace.checks.finding import Finding, State
    from millrace.settings import Settings

_TIMEOUT_S = 6.0
# For the tables of calls, beyond the time in which the stages are watched.
_TABLES_S = 60.0
_LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"
_NAME_COLUMNS = 16
_STYLES = {"ok": "green", "warning": "yellow", "absent": "yellow", "problem": "red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    performance: Annotated[
        bool,
        typer.Option(
            "--performance",
            help="Instead: watch the running stages, and say what holds them up, how their engines "
            "are used, what documents cost, and what to change.",
        ),
    ] = False,
    seconds: Annotated[
        float,
        typer.Option(min=2, max=600, help="How long --performance watches."),
    ] = 10.0,
) -> None:
    """Check what millrace needs, and say what to do about what is not right.

    Exit status 1 when something is wrong, else 3 when something needed does not run or was not made
    yet, else 0. Changes nothing.
    """
    from millrace.checks.finding import State

    findings = watched(seconds) if performance else examined()
    states = [finding.state for finding in findings]
    if as_json:
        TERMINAL.json({"findings": [asdict(one) for one in findings], "counts": Counter(states)})
    else:
        _print(findings)
    if State.PROBLEM in states:
        raise typer.Exit(1)
    if State.ABSENT in states:
        raise typer.Exit(3)


def examined() -> "list[Finding]":
    """All findings, in the order in which one would put things right."""
    from millrace.checks import configuration, machine
    from millrace.checks.examination import Check, examine

    settings, about_settings = configuration.settings()
    checks = [
        Check("python", machine.python),
        Check("packages", lambda: machine.packages(_LOCK)),
        Check("java", machine.java),
        Check("kafka jars", machine.kafka_jars),
        Check("settings", lambda: about_settings),
    ]
    if settings is not None:
        checks += _of_settings(settings)
    return examine(checks, _TIMEOUT_S)


def watched(seconds: float) -> "list[Finding]":
    """What the processes of stages and the tables tell of their work in so many seconds."""
    from millrace.checks import configuration
    from millrace.checks.examination import Check, examine
    from millrace.checks.performance import performance

    settings, about_settings = configuration.settings()
    if settings is None:
        return about_settings
    TERMINAL.note(f"watching the stages for {seconds:g} seconds")
    check = Check("performance", lambda: performance(settings, seconds))
    return examine([check], seconds + _TABLES_S)


def _of_settings(settings: "Settings") -> "list[Check]":
    """The checks that need settings."""
    from millrace import wiring
    from millrace.checks import cluster, configuration, machine, ports, tables
    from millrace.checks.examination import Check

    local = wiring.local_stack(settings)
    return [
        Check("consistency", lambda: configuration.consistency(settings)),
        Check("profiles", lambda: configuration.profiles(settings)),
        Check("home", lambda: machine.home(local.home)),
        Check("disk", lambda: machine.disk(local.home)),
        Check("memory", lambda: machine.memory(with_stack=ports.needs_stack(local))),
        Check("ports", lambda: ports.services(local)),
        Check(
            "kafka",
            lambda: cluster.kafka(
                wiring.broker(settings), wiring.stages(settings), wiring.topic_settings(settings)
            ),
        ),
        Check("clickhouse", lambda: tables.clickhouse(wiring.clickhouse(settings))),
    ]


def _print(findings: "Sequence[Finding]") -> None:
    for one in findings:
        TERMINAL.marked(one.state, f"{one.name:<{_NAME_COLUMNS}}{one.seen}", _STYLES[one.state])
        if one.advice:
            TERMINAL.say(f"{'':<9}{'':<{_NAME_COLUMNS}}→ {one.advice}")
    TERMINAL.say(f"\n{summary([one.state for one in findings])}")


def summary(states: "Sequence[State]") -> str:
    """The last line: how many findings are of each state."""
    counts = Counter(str(state) for state in states)
    if set(counts) == {"ok"}:
        return f"All {counts['ok']} checks are ok."
    words = [
        f"{counts[state]} {word if counts[state] == 1 else plural}"
        for state, word, plural in (
            ("problem", "problem", "problems"),
            ("absent", "absent", "absent"),
            ("warning", "warning", "warnings"),
            ("ok", "ok", "ok"),
        )
        if counts[state]
    ]
    return ", ".join(words) + "."

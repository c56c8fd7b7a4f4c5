"""Scores as a terminal shows them: what an engine costs, what was refused, what may not be."""

import io
from dataclasses import replace

from rich.console import Console

from eval.found import Found, FoundEntity, Spent
from eval.gold import Span
from eval.running import Passed
from eval.scoring.report import Report, Speed, report
from millrace.rendering.scores_terminal import render_report, speed_lines
from tests.eval.scoring.made import ALL_KINDS, gold

SPEED = Speed(
    documents=4, wall_s=61.04, cpu_s=2.0, stage_ms={}, median_ms=1_500.0, prompt_tokens=None,
    completion_tokens=None, cost_usd=0.0, refused={},
)  # fmt: skip


def shown(made: Report) -> str:
    file = io.StringIO()
    console = Console(file=file, width=100, color_system=None)
    for part in render_report(made, "test"):
        console.print(part)
    return file.getvalue()


def reported(found: Found) -> Report:
    return report("made", [gold()], Passed((found,), 1.0, 1.0), ALL_KINDS)


def test_an_engine_that_costs_nothing_has_its_time_alone() -> None:
    assert list(speed_lines(SPEED)) == ["61.0 s, 2.0 documents a second of CPU, median 1,500 ms"]


def test_an_engine_that_is_paid_has_its_cost_and_tokens_beside_its_scores() -> None:
    paid = replace(SPEED, prompt_tokens=812_000, completion_tokens=9_000, cost_usd=1.25)
    uncounted = replace(paid, prompt_tokens=None, cost_usd=None)

    assert [*speed_lines(paid)][1] == "$1.25, 812,000 tokens of prompts, 9,000 of answers"
    assert [*speed_lines(uncounted)][1] == "–, – tokens of prompts, 9,000 of answers"


def test_what_was_refused_is_counted_by_what_refused_it() -> None:
    refused = replace(SPEED, refused={"ner: empty": 2, "validation: all_tasks_failed": 1_000})

    assert [*speed_lines(refused)][1] == (
        "refused, nothing found in them: 2 by ner: empty, 1,000 by validation: all_tasks_failed"
    )


def test_a_wrong_offset_is_said_aloud() -> None:
    right = FoundEntity(Span(0, 3), "person", "The")
    wrong = FoundEntity(Span(1, 4), "person", "The")

    assert "offsets are wrong" not in shown(reported(Found("d1", entities=(right,))))
    assert "1 offsets are wrong: none may be" in shown(reported(Found("d1", entities=(wrong,))))


def test_control_characters_of_a_name_do_not_reach_the_terminal() -> None:
    made = replace(reported(Found("d1", spent=Spent())), system="made\x1b[31m")

    assert "\x1b" not in shown(made)

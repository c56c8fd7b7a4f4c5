"""docs/evaluation.md: the commands, scores and settings that it shows are there."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

from eval.corpora.catalogue import CORPORA
from eval.scoring.metrics import metrics
from eval.scoring.scope import Scope
from millrace.cli import app
from schemas.profile import Review
from training.tasks import TASKS

PAGE = (Path(__file__).resolve().parents[2] / "docs/evaluation.md").read_text("utf-8")
COMMANDS = re.findall(r"^millrace (eval|train)([^#\n]*)", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("name", "rest"), COMMANDS)
def test_its_commands_have_these_options(name: str, rest: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}

    assert {word for word in rest.split() if word.startswith("--")} <= known


def test_its_corpora_and_tasks_are_there() -> None:
    (corpora,) = re.findall(r"--corpus ([a-z_]+,[a-z_]+)", PAGE)
    (tasks,) = re.findall(r"millrace train ((?:[a-z]+ )+)--out", PAGE)

    assert set(corpora.split(",")) <= set(CORPORA)
    assert set(tasks.split()) <= set(TASKS)


def test_its_scores_are_those_that_are_measured() -> None:
    kinds = frozenset({"person"})
    measured = {one.name for one in metrics(Scope(kinds, kinds))}
    shown = {
        name.strip()
        for row in re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE)
        for name in row.replace("relations, with direction, with kind", "relations").split(",")
        if name.strip() not in ("score",) and not name.startswith("-")
    }

    assert shown <= measured


def test_its_setting_of_a_profile_is_one() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

    assert Review(**tomllib.loads(shown)["review"]).target_precision == 0.7

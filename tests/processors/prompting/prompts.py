"""Prompts of all levels for the tests, from works on the local engine's way through the levels."""

from processors.prompting.prompt import Prompt
from processors.prompting.rendering import PromptRenderer
from processors.prompting.versions import load_templates
from processors.summary import plan_summary
from schemas.topics import Level
from schemas.work import Work
from tests.processors.works import (
    ACME,
    ACME_MENTIONS,
    PROFILES,
    detailed,
    planned,
    related,
    work_of,
)

RENDERER = PromptRenderer(PROFILES, load_templates())


def acme(**fields: object) -> Work:
    """The example of DESIGN.md, with further fields of its document."""
    work = work_of(ACME, *ACME_MENTIONS)
    return work.model_copy(update={"document": work.document.model_copy(update=fields)})


def asked(work: Work, level: Level) -> Work:
    """The work as it waits for the level's answers."""
    if level == "summary":
        return planned(work, plan_summary)
    return detailed(work) if level == "detail" else related(work)


def prompts(work: Work, level: Level) -> list[Prompt]:
    """The prompts of the level's tasks."""
    waiting = asked(work, level)
    return [RENDERER.render(task, waiting) for task in waiting.tasks]


def prompt(work: Work, level: Level) -> Prompt:
    """The prompt of the level's first task."""
    return prompts(work, level)[0]

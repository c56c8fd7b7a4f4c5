"""The rendered prompts as files to read.

Written anew by ``python -m tests.processors.prompting.golden``.

A change of them is a new version of the prompts, unless no run has used this one yet.
"""

from datetime import UTC, datetime
from pathlib import Path

from schemas.topics import LEVELS, Level
from tests.processors.prompting.prompts import acme, prompt

FOLDER = Path(__file__).parent / "golden"


def path(level: Level) -> Path:
    return FOLDER / f"{level}.txt"


def rendered(level: Level) -> str:
    work = acme(title="Acme buys its rival", published_at=datetime(2024, 3, 5, 9, 30, tzinfo=UTC))
    shown = prompt(work, level)
    return f"{shown.instructions}\n\n{shown.user}\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for one in LEVELS:
        path(one).write_text(rendered(one), encoding="utf-8")

"""The worked examples of CONTRIBUTING.md, each applied to a copy of the code."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = (
    "schemas", "processors", "streams", "infra", "millrace", "tests", "conftest.py",
    "pyproject.toml", "ARCHITECTURE.md", "docker-compose.yml", "millrace.example.toml",
)  # fmt: skip
BLOCK = re.compile(
    r"(?:^`(?P<path>[^`\n]+)`:\n\n)?"
    r"^<!-- followed by the tests: (?P<example>\w+) -->\n"
    r"```(?P<language>\w+)\n(?P<content>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
MIGRATIONS = "infra/clickhouse/migrations"


@dataclass(frozen=True)
class Block:
    """A block of the page: a new file at `path`, a diff, or a command."""

    path: str
    language: str
    content: str


def page() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def blocks(example: str) -> list[Block]:
    """The blocks of an example in the order of the page."""
    return [
        Block(found["path"] or "", found["language"], found["content"])
        for found in BLOCK.finditer(page())
        if found["example"] == example
    ]


@dataclass(frozen=True)
class Copy:
    """A copy of the code, in which nothing of the original is imported."""

    folder: Path

    def python(self, *arguments: str, **environment: str) -> str:
        """Run Python in it; give what it printed."""
        return self._run([sys.executable, *arguments], environment)

    def apply(self, diff: str) -> None:
        """Change it by a diff, whose context must be what the files say."""
        ceiling = {"GIT_CEILING_DIRECTORIES": str(self.folder.parent)}
        self._run(["git", "apply", "--verbose", "-"], ceiling, diff)

    def _run(self, command: list[str], environment: dict[str, str], given: str = "") -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **environment},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def followed(folder: Path, *examples: str) -> Copy:
    """A copy of the code in `folder`, after all that the examples say."""
    copy = Copy(folder / "copy")
    copy.folder.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy.folder / name)
        else:
            shutil.copy2(ROOT / name, copy.folder / name)
    for block in (block for example in examples for block in blocks(example)):
        if block.language == "diff":
            copy.apply(block.content)
        elif block.path:
            new = copy.folder / numbered(block.path, copy.folder)
            assert not new.exists(), f"{block.path} is there already"
            new.write_text(block.content)
    return copy


def numbered(path: str, folder: Path) -> str:
    """A migration's path with the number that is free in `folder`, whichever the page says."""
    if not path.startswith(MIGRATIONS):
        return path
    free = len(list((folder / MIGRATIONS).glob("*.sql"))) + 1
    return re.sub(r"/\d{4}_", f"/{free:04}_", path)

"""CONTRIBUTING.md: its worked examples are followed on a copy of the code."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from processors.profile_loading import load_profiles
from schemas.record import Outgoing
from streams.inference.embedded_engine import EmbeddedEngine
from streams.memory import MemoryFlow
from tests.contributing import Copy, blocks, followed, page
from tests.flow import context, noon

# Each example's own test, and those that hold it to the rest of the code.
TESTS = (
    "tests/infra/clickhouse/test_migrations.py",
    "tests/millrace/test_config.py::TestTheExample",
    "tests/processors/test_triage.py",
    "tests/streams/inference/test_verbatim_engine.py",
    "tests/streams/test_stages_in_memory.py",
    "tests/streams/test_tables_in_memory.py",
    "tests/streams/test_topic_schemas.py",
    "tests/streams/test_topology.py",
    "tests/streams/test_words.py",
    "tests/test_documentation.py::test_the_architecture_shows_the_topology_as_it_is",
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The code with all that the page adds to it."""
    copy = followed(tmp_path_factory.mktemp("all"), "column", "migration", "stage", "engine")
    copy.python("-m", "schemas.contracts")
    example = copy.python("-m", "millrace", "config", "--example")
    (copy.folder / "millrace.example.toml").write_text(example)
    return copy


def test_what_is_added_as_shown_passes_its_tests(copy: Copy) -> None:
    done = copy.python("-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS)

    assert " passed" in done


def test_what_is_added_as_shown_is_clean(copy: Copy) -> None:
    changed = [block.path for name in ("stage", "engine", "column") for block in blocks(name)]
    files = [path for path in changed if path.endswith(".py")]

    copy.python("-m", "ruff", "check", "--no-cache", *files)
    copy.python("-m", "ruff", "format", "--no-cache", "--check", *files)


def test_a_profile_written_as_shown_finds_the_events_of_the_page(tmp_path: Path) -> None:
    profile, document = blocks("profile")
    (tmp_path / Path(profile.path).name).write_text(profile.content)
    profiles = load_profiles(tmp_path)
    shared = context()
    annotation = replace(shared.annotation, profiles=profiles)
    flow = MemoryFlow(
        replace(shared, annotation=annotation), {"standard": EmbeddedEngine(profiles, noon)}
    )
    document_id = json.loads(document.content)["id"]
    flow.log.append(Outgoing("documents.ingest", document_id.encode(), document.content.encode()))

    asyncio.run(flow.run())

    (row,) = flow.tables.rows("documents")
    assert row["status"] == "validated"
    shown = table(row)
    assert len(shown) == 2
    assert "\n".join(shown) in page()


def table(row: dict[str, object]) -> list[str]:
    """The events of a row as the page's table shows them."""

    def group(name: str) -> list[dict[str, str]]:
        named = {key.split(".")[1]: value for key, value in row.items() if key.startswith(name)}
        columns: list[list[str]] = [value for value in named.values() if isinstance(value, list)]
        return [dict(zip(named, values, strict=True)) for values in zip(*columns, strict=True)]

    lines = []
    for event in group("events."):
        who = ", ".join(
            f"{argument['role']} {argument['text']}"
            for argument in group("arguments.")
            if argument["event_id"] == event["event_id"]
        )
        cells = (event["kind"], event["trigger"], event["time_text"], event["place"], who)
        lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")
    return lines

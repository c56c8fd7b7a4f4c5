"""What `docs/operations.md` shows of commands is what they print."""

import re
from pathlib import Path

import pytest

from infra.clickhouse.client import ClickHouse
from infra.local.addresses import free_port
from millrace.checks import cluster
from millrace.checks.examination import Check, examine
from millrace.checks.finding import Finding, State
from millrace.checks.tables import clickhouse
from millrace.commands import status
from millrace.performance.analysis import analyse
from millrace.performance.figures import Calls, Figures, Stage, Tier
from millrace.performance.spending import spending
from schemas.record import Outgoing
from schemas.topics import DEAD_LETTERS
from streams.broker.admin import Group
from streams.broker.progress import Progress, ReadingProgress
from streams.sink import columns
from streams.sink.rows import letter_row
from tests.flow import memory_flow

PAGE = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text("utf-8")


def shown(first: str) -> str:
    """The block of the page that begins so, each line break and indent as one space."""
    (block,) = [one for one in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
                if one.startswith(first)]  # fmt: skip
    return " ".join(block.split())


def printed(*findings: Finding) -> str:
    """Findings as ``millrace doctor`` prints them, likewise."""
    lines = (f"{one.state} {one.name} {one.seen}" + (f" → {one.advice}" if one.advice else "")
             for one in findings)  # fmt: skip
    return " ".join(" ".join(lines).split())


def test_the_doctor_of_performance_says_so_of_such_figures() -> None:
    ner = Stage("ner", 29.9, 5_473, members=1, watched=1, busy=0.3, cpu=0.34, shared=False)
    sink = Stage("sink", 330.5, 0, members=1, watched=1, busy=0.1, cpu=0.2, shared=False)
    tier = Tier("standard", "local", fill=0.39, in_flight=25, waiting=60, open_documents=9,
                open_limit=256, tasks=1_797, cached=0, failed=0, tokens_per_s=0.0)  # fmt: skip
    calls = Calls(hours=1, documents=6_014, calls=42_000, from_cache=0, prompt_tokens=0,
                  completion_tokens=0, known_prompt=0, cached=0, cost_usd=0.0, engine_s=68.0,
                  levels={"detail": 51.0, "summary": 49.0})  # fmt: skip
    figures = Figures(10.0, 4, stages=(ner, sink), tiers=(tier,), machine=1.0)

    assert shown("ok       processes") == printed(*analyse(figures), *spending(calls))


def test_status_prints_such_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    def stage(
        name: str, processes: int, lag: int, rate: float, gone: float | None
    ) -> dict[str, object]:
        return {"stage": name, "processes": processes, "lag": lag, "records_per_s": rate,
                "seconds_to_the_end": gone}  # fmt: skip

    status._print_stages([
        stage("ner", 1, 1_575, 17.8, 88.4), stage("inference", 1, 363, 222.9, 1.6),
        stage("sink", 0, 10_694, 0.0, None),
    ])  # fmt: skip

    assert capsys.readouterr().out.strip() in PAGE


def test_the_doctor_says_so_of_a_stage_that_nobody_runs() -> None:
    behind = {"ner": 1_400, "inference": 87, "sink": 12_620}
    progress = Progress(
        topics=(),
        readings=tuple(ReadingProgress(name, "t", lag, 0) for name, lag in behind.items()),
        groups=tuple(Group(f"millrace.{name}", int(name != "sink"), "Stable") for name in behind),
        missing=(),
        taken_at=0.0,
    )

    assert shown("absent   stages") == printed(*cluster.check_groups(progress))


def test_the_doctor_says_so_of_a_clickhouse_that_is_away() -> None:
    url = f"http://127.0.0.1:{free_port('127.0.0.1')}"

    found = examine([Check("clickhouse", lambda: clickhouse(ClickHouse(url)))], 10)

    assert shown("absent   clickhouse") == printed(*found).replace(url, "http://127.0.0.1:8123")


@pytest.mark.parametrize(
    ("value", "line"),
    [(b'{"txt": "Acme"}', "ner malformed"), (b'{"text": "a", "profile": "sport"}', "ner unknown")],
)
async def test_letters_have_such_words(value: bytes, line: str) -> None:
    flow = memory_flow()
    flow.log.append(Outgoing("documents.ingest", b"a", value))
    await flow.run()
    (letter,) = flow.log.records[DEAD_LETTERS]

    row = dict(zip(columns.DEAD_LETTERS, letter_row(letter), strict=True))

    words = f"{row['stage']} {row['kind']} {str(row['message'])[:80]} "
    assert words.startswith(line)
    assert words in shown("ner\tmalformed")


def test_states_are_all_explained() -> None:
    for state in State:
        assert f"`{state}`" in PAGE.partition("## How far is it?")[0]

"""The demo in a home of its own, beside the stack of other tests, and commands in that home."""

import json
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.command import (
    Ended,
    elsewhere,
    eventually,
    millrace,
    millrace_in_background,
    processes_of,
)
from tests.integration.conftest import Pipeline

pytestmark = pytest.mark.integration
Environment = dict[str, str]


def events(demo: Ended) -> str:
    return demo.out.partition("Where to look next:")[0]


@pytest.fixture(scope="module")
def environment(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return elsewhere(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def first(environment: Environment) -> Ended:
    return millrace("demo", environment=environment)


@pytest.fixture(scope="module")
def kept(environment: Environment, first: Ended) -> Iterator[Ended]:
    yield millrace("demo", "--keep", environment=environment)
    millrace("down", environment=environment)


def test_it_shows_events_and_leaves_nothing_running(first: Ended, environment: Environment) -> None:
    assert first.status == 0, first.err
    assert re.search(r"purchase +bought +2024-03-04 +buyer: Orlin Foods Ltd", first.out)
    assert processes_of(environment["MILLRACE_HOME"]) == []
    assert millrace("status").status == 0  # the stack beside it was left alone


def test_a_second_time_it_shows_the_same(first: Ended, kept: Ended) -> None:
    assert kept.status == 0, kept.err
    assert events(kept) == events(first)


def test_what_it_says_to_do_next_works_as_printed(kept: Ended, environment: Environment) -> None:
    steps = kept.out.partition("Where to look next:")[2]
    printed = re.search(r"^  (\S*millrace) (show \S+)", steps, re.MULTILINE)
    assert printed, kept.out
    command = shutil.which(printed[1]) or printed[1]
    assert Path(command).resolve().samefile(Path(sys.executable).parent / "millrace")

    assert millrace(*printed[2].split(), environment=environment).status == 0


def test_it_says_where_two_pages_for_a_browser_are(first: Ended) -> None:
    lines = first.out.partition("For a browser:\n")[2].splitlines()

    pages = [Path(line.strip().partition(".html  ")[0] + ".html") for line in lines]
    assert [page.name for page in pages] == ["document.html", "charts.html"]
    document, charts = (page.read_text("utf-8") for page in pages)
    assert '<h1 dir="auto">Orlin Foods buys Dutch bakery chain' in document
    assert "There is nothing to show yet" not in charts
    assert charts.count("<svg") >= 5


def test_a_wait_names_the_stages_that_no_process_runs(
    kept: Ended, environment: Environment
) -> None:
    """Who forgot `millrace run` must not wait in the dark."""
    given = json.dumps({"id": "waiting", "text": "Nobody reads this yet."})

    ended = millrace(
        "produce", "-", "--wait", "--timeout", "1", given=given, environment=environment
    )

    assert ended.status == 1
    # The demo's processes left a moment ago; their membership ends by time.
    assert "millrace: stage ner is still 1 records behind" in ended.err


def test_ctrl_c_ends_a_wait_without_a_traceback(kept: Ended, environment: Environment) -> None:
    with millrace_in_background("produce", "-", "--wait", environment=environment) as running:
        assert running.stdin is not None
        running.stdin.write('{"text": "Nobody reads this yet either."}')
        running.stdin.close()
        # ner has 2 records to read once this one is there: then the command waits.
        eventually(lambda: lag_of_ner(environment) >= 2, "the document is sent")

        running.send_signal(signal.SIGINT)
        status = running.wait(timeout=10)

        assert running.stderr is not None
        assert "Traceback" not in running.stderr.read()
    assert status == 130


def lag_of_ner(environment: Environment) -> int:
    stages = millrace("status", "--json", environment=environment).json()["stages"]
    return next(int(one["lag"]) for one in stages if one["stage"] == "ner")


def test_one_stage_runs_in_one_process_until_sigterm(kept: Ended, environment: Environment) -> None:
    folder = Path(environment["MILLRACE_HOME"]).parent
    with millrace_in_background(
        "run", "validation", environment=environment, folder=folder
    ) as running:
        # Not by `status`: the membership of the demo's processes may not have ended yet.
        supervisor = psutil.Process(running.pid)

        def stages() -> list[list[str]]:
            # Between fork and exec a process has another's command line, or none; one that asked
            # something of the machine may have ended by now.
            try:
                return [child.cmdline()[-1:] for child in supervisor.children()]
            except psutil.NoSuchProcess:
                return []

        eventually(lambda: stages() == [["validation"]], "a process runs validation alone")
        (child,) = supervisor.children()

        running.send_signal(signal.SIGTERM)
        status = running.wait(timeout=30)

    assert status == 0
    assert not child.is_running()
    assert [one.name for one in folder.iterdir()] == ["a home"]  # nothing lies about elsewhere


def test_sigterm_ends_it_with_nothing_left_running(tmp_path: Path) -> None:
    environment = elsewhere(tmp_path)
    with millrace_in_background("demo", environment=environment) as running:
        eventually(lambda: len(processes_of(environment["MILLRACE_HOME"])) > 1, "it starts")

        running.send_signal(signal.SIGTERM)
        status = running.wait(timeout=30)

    assert status == 130
    assert processes_of(environment["MILLRACE_HOME"]) == []

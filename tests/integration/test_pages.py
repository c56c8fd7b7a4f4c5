"""Pages and the live view of a real pipeline: with documents, and of an empty database."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import migrate
from infra.grafana.events import EVENTS
from infra.grafana.pipeline import PIPELINE
from millrace import charts
from millrace.rendering.charts_page import charts_page
from millrace.settings import Settings
from streams.telemetry.reading import Reading
from tests.chromium import Page, chromium
from tests.command import millrace
from tests.debian_browser import debian_chromium
from tests.flow import TEXT
from tests.integration.conftest import Pipeline
from tests.millrace.test_charts import DAY
from tests.streams.tables_behaviour import unique

pytestmark = pytest.mark.integration
DOCUMENT = "on-a-page"
HOSTILE = "</script><script>document.title = 'taken'</script> \u202e\u0007"
PATIENCE_S = 60
ENOUGH = 4.5  # WCAG 2.2, level AA


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    tool = debian_chromium(tmp_path_factory.mktemp("debian"))
    with chromium(tool, tmp_path_factory.mktemp("chromium")) as browser:
        yield browser.page()


@pytest.fixture(scope="module", autouse=True)
def produced(pipeline: Pipeline) -> Pipeline:
    given = {"id": DOCUMENT, "profile": "news", "title": HOSTILE, "text": f"{TEXT} {HOSTILE}"}
    ended = millrace("produce", "-", "--wait", given=json.dumps(given) + "\n")
    assert ended.status == 0, ended.err
    return pipeline


def opened(page: Page, file: Path, *arguments: str) -> Page:
    ended = millrace(*arguments, "--html", str(file))
    assert ended.status == 0, ended.err
    assert f"wrote {file}" in ended.err
    page.open(file)
    return page


def is_in_order(page: Page) -> None:
    """No message in the console, words to be read in light and dark, no wider than a phone."""
    assert page.errors == []
    for scheme in ("light", "dark"):
        page.look(scheme)
        assert [one for one in page.contrasts() if one[1] < ENOUGH] == []
    page.look(width=360)
    assert page.overflows() <= 0
    page.look()


def test_a_document_has_its_events_and_calls(shown: Page, tmp_path: Path) -> None:
    page = opened(shown, tmp_path / "document.html", "show", DOCUMENT)

    text = page.value("document.body.innerText")
    assert "purchase: bought" in text
    assert "lexical" in page.value("document.querySelector('#calls ~ div').innerText")
    assert page.value("document.title") != "taken"
    is_in_order(page)


def test_charts_have_what_clickhouse_and_the_processes_say(shown: Page, tmp_path: Path) -> None:
    page = opened(shown, tmp_path / "charts.html", "charts", "--since", "1h")

    assert page.value("document.querySelectorAll('svg[role=img]').length") >= 4
    assert int(page.value("document.querySelector('.stat').textContent").replace(",", "")) >= 1
    text = page.value("document.body.innerText")
    assert "There is nothing to show yet" not in text
    assert "What only Prometheus can say" in text
    assert "How many records wait? (now)" in text
    is_in_order(page)


def test_a_keyboard_reaches_charts_and_opens_their_tables(shown: Page, tmp_path: Path) -> None:
    page = opened(shown, tmp_path / "charts.html", "charts")

    found = []
    for _ in range(4):
        page.press("Tab")
        found.append(page.value("document.activeElement.textContent.slice(0, 10)"))
        if page.value("document.activeElement.tagName") == "SUMMARY":
            page.press("Enter")
    assert found[:2] == ["Skip to Ev", "Skip to Pi"]
    assert page.value("document.querySelectorAll('details[open] table').length") == 1


def test_an_empty_database_is_said_to_be_empty(
    shown: Page, settings: Settings, tmp_path: Path
) -> None:
    server = ClickHouse(settings.clickhouse_url, unique("empty").replace("-", "_"))
    migrate(server)
    client = Client(server)
    try:
        answers = [
            charts.answer(one, client, DAY, "completed_at", Reading((), 0.0))
            for one in (EVENTS, PIPELINE)
        ]
    finally:
        client.command(f"DROP DATABASE {server.database} SYNC")
        client.close()
    file = tmp_path / "empty.html"
    file.write_text(charts_page(answers), "utf-8")

    shown.open(file)

    assert shown.value("document.querySelectorAll('h2 + p + .notice').length") == 2
    assert "There is nothing to show yet" in shown.value("document.body.innerText")
    is_in_order(shown)


@pytest.mark.parametrize("since", ["yesterday", "0h", "-1d", "24", "99999y"])
def test_a_time_that_cannot_be_meant_is_wrong_usage(since: str, tmp_path: Path) -> None:
    file = tmp_path / "charts.html"

    ended = millrace("charts", "--html", str(file), f"--since={since}")

    assert ended.status == 2
    assert "such as 30m, 24h, 7d" in ended.err
    assert not file.exists()


def test_a_file_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    ended = millrace("charts", "--html", str(tmp_path / "nowhere" / "charts.html"))

    assert ended.status == 2
    assert "cannot be written" in ended.err


class Terminal:
    """A pseudo-terminal of 80 columns, and what was written on it."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        self.descriptor = descriptor
        self.process = process
        self.seen = b""

    def wait_for(self, words: str) -> None:
        """Read until some words are there."""
        deadline = time.monotonic() + PATIENCE_S
        while words.encode() not in self.seen:
            assert time.monotonic() < deadline, self.seen.decode()
            self._read()

    def end(self, number: int) -> int:
        """Send a signal, read to the end, give the exit status."""
        self.process.send_signal(number)
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.seen.decode()
            self._read()
        self._read()
        return self.process.returncode

    def _read(self) -> None:
        if select.select([self.descriptor], [], [], 0.1)[0]:
            try:
                self.seen += os.read(self.descriptor, 65_536)
            except OSError:  # the other side is closed
                self.process.wait(PATIENCE_S)


@contextmanager
def watching() -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "millrace", "status", "--watch", "--every", "0.5"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"} | {"COLUMNS": "80", "LINES": "24"},
    )
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_live_view_ends_well_and_gives_the_cursor_back(number: int) -> None:
    with watching() as terminal:
        terminal.wait_for("4 processes")
        terminal.wait_for("relationship")
        terminal.wait_for("standard")

        status = terminal.end(number)

    assert status == 0
    assert b"Traceback" not in terminal.seen
    assert terminal.seen.rfind(b"\x1b[?25h") > terminal.seen.rfind(b"\x1b[?25l")


def test_without_a_terminal_each_look_is_written_below_the_other() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "millrace", "status", "--watch", "--every", "0.5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        heads = 0
        for line in process.stdout:
            assert "\x1b" not in line
            heads += line.startswith("stage ")
            if heads == 2:
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 0
    assert errors == ""


def test_a_live_view_for_scripts_is_wrong_usage() -> None:
    ended = millrace("status", "--watch", "--json")

    assert ended.status == 2
    assert "--watch and --json exclude each other" in ended.err

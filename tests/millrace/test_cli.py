"""The command without anything running: help, exit codes, errors of one line."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.addresses import free_port
from millrace import __version__
from millrace.cli import main
from tests.command import Ended, elsewhere

COMMANDS = (
    "demo", "up", "down", "status", "run", "produce", "topics", "replay", "show", "charts",
    "config", "doctor", "grants", "eval", "train", "runs", "dead-letters", "cache", "dashboards",
)  # fmt: skip
# Each takes longer to import than all that help needs.
HEAVY = (
    "aiohttp", "aiokafka", "chdb", "clickhouse_connect", "faust", "jgo", "mode", "numpy", "psutil",
)  # fmt: skip


Run = Callable[..., Ended]


@pytest.fixture
def millrace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command in this process, where nothing runs that it could reach."""

    def run(*arguments: str, **settings: str) -> Ended:
        for name, value in {**elsewhere(tmp_path), **settings}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["millrace", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return run


class TestHelp:
    def test_it_lists_all_commands_and_the_exit_codes(self, millrace: Run) -> None:
        ended = millrace("--help")

        assert ended.status == 0
        assert re.findall(r"^│ (\w[\w-]*)  ", ended.out, re.MULTILINE) == [*COMMANDS]
        assert "3 something needed is not running" in " ".join(ended.out.split())

    def test_it_is_what_the_command_alone_shows(self, millrace: Run) -> None:
        assert millrace() == millrace("--help")

    @pytest.mark.parametrize("command", COMMANDS)
    def test_each_command_has_its_own(self, millrace: Run, command: str) -> None:
        ended = millrace(command, "-h")

        assert ended.status == 0
        assert f"Usage: millrace {command}" in ended.out

    def test_it_is_quick_for_it_imports_no_client(self) -> None:
        code = (
            "import sys\n"
            "from millrace.cli import main\n"
            "sys.argv = ['millrace', '--help']\n"
            "try: main()\n"
            "except SystemExit: print('modules', *sys.modules)\n"
        )
        out = subprocess.check_output([sys.executable, "-c", code], text=True)

        loaded = out.partition("modules ")[2].split()
        assert "millrace.cli" in loaded
        assert not set(HEAVY) & set(loaded)

    def test_the_version_is_that_of_the_package(self, millrace: Run) -> None:
        assert millrace("--version").out == f"millrace {__version__}\n"


class TestWrongUsage:
    @pytest.mark.parametrize(
        ("arguments", "line"),
        [
            (("produce",), "Missing argument 'PATH…'. (see millrace produce --help)"),
            (("prduce",), "No such command 'prduce'. Did you mean 'produce'? (see millrace --h"),
            (("show", "a", "--jsn"), "No such option: --jsn"),
            (("produce", "nowhere.jsonl"), "nowhere.jsonl: no such file, folder or glob"),
            (("produce", "-", "--field", "id"), "--field id: should be FIELD=NAME with FIELD one"),
            (("produce", "-", "--profile", "nope"), "no profile 'nope'; there are email, neutral"),
            (("run", "nope"), "no stage 'nope'; there are ner, summary, inference, detail"),
            (("run", "--processes", "two"), "'two' is not one of 'one', 'split', 'each'"),
            (("show", "a", "--json", "--html", "b"), "--json and --html exclude each other"),
            (("runs", "diff", "a", "b", "--json", "--html", "c"), "--json and --html exclude each"),
            (("runs", "diff", "a", "B!"), "not a name of a run: 'B!': use up to 63 of a-z, 0-9"),
            (("runs", "diff", "a", "a"), "run 'a' is compared with itself: name two runs"),
        ],
    )  # fmt: skip
    def test_it_is_one_line_and_status_2(
        self, millrace: Run, arguments: tuple[str, ...], line: str
    ) -> None:
        ended = millrace(*arguments)

        assert ended.status == 2
        assert ended.out == ""
        assert ended.err.startswith("millrace: ")
        assert ended.err.count("\n") == 1
        assert line in ended.err

    def test_a_wrong_setting_is_too(self, millrace: Run) -> None:
        ended = millrace("status", MILLRACE_MAX_BATCH_SIZE="many")

        assert ended.status == 2
        assert ended.err.startswith("millrace: not a valid setting: max_batch_size: ")

    def test_a_default_profile_that_is_none_is_too(self, millrace: Run) -> None:
        ended = millrace("run", MILLRACE_DEFAULT_PROFILE="nope")

        assert ended.status == 2
        assert "default_profile: no profile 'nope'; there are email, neutral, news" in ended.err


class TestErrors:
    def test_a_profile_that_cannot_be_used_is_named_before_anything_runs(
        self, millrace: Run, tmp_path: Path
    ) -> None:
        (tmp_path / "sports.toml").write_text("name = 7\n")

        ended = millrace("run", MILLRACE_PROFILES=str(tmp_path))

        assert ended.status == 1
        assert ended.err.startswith(f"millrace: {tmp_path / 'sports.toml'}: ")

    def test_what_is_not_running_is_status_3(self, millrace: Run) -> None:
        ended = millrace("show", "a")

        assert ended.status == 3
        assert ended.err.count("\n") == 1
        assert "ClickHouse does not answer" in ended.err

    @pytest.mark.parametrize("arguments", [("--verbose", "show", "a"), ("show", "a", "--verbose")])
    def test_verbose_shows_the_traceback_before_the_same_line_and_status(
        self, millrace: Run, arguments: tuple[str, ...]
    ) -> None:
        ended = millrace(*arguments)

        assert ended.status == 3
        assert "Traceback (most recent call last)" in ended.err
        assert ended.err.splitlines()[-1].startswith("millrace: ClickHouse does not answer")

    def test_a_port_that_is_taken_is_one_line_with_the_way_out(self, millrace: Run) -> None:
        port = free_port("127.0.0.1")
        holder = f"import socket; s = socket.create_server(('127.0.0.1', {port})); print(); input()"
        with subprocess.Popen(
            [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()

            ended = millrace("up", MILLRACE_KAFKA_BOOTSTRAP=f"127.0.0.1:{port}")

            process.kill()
        assert ended.status == 1
        last = ended.err.splitlines()[-1]
        assert last.startswith("millrace: ")
        assert f"127.0.0.1:{port}, which is taken by pid {process.pid}" in last
        assert "--verbose" not in last

    def test_a_remote_address_cannot_be_started_from_here(self, millrace: Run) -> None:
        ended = millrace("up", MILLRACE_KAFKA_BOOTSTRAP="192.0.2.1:9092")

        assert ended.status == 1
        assert "Kafka at 192.0.2.1:9092 is not on this machine" in ended.err


class TestOutput:
    def test_a_reader_that_has_gone_is_no_traceback(self) -> None:
        shell = f"'{sys.executable}' -m millrace --help | true"

        done = subprocess.run(
            ["bash", "-c", shell], capture_output=True, text=True, check=False
        )  # fmt: skip

        assert done.stderr == ""

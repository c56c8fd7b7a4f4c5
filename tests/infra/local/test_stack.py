"""Starting, stopping and looking at the local stack."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from infra.local import stack
from infra.local.addresses import is_loopback
from infra.local.errors import NotLoopbackError, PortTakenError, SettingsChangedError, StackError
from infra.local.stack import StackSettings, State
from infra.local.waiting import wait_until
from tests.infra.local.conftest import request
from tests.local_stack import silent, stack_settings


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[StackSettings]:
    """A stack that is not started; what a test starts is stopped after it."""
    settings = stack_settings(tmp_path / "a home with ünïcode & a ?")
    yield settings
    stack.down(settings, silent)


def pids(settings: StackSettings) -> list[int]:
    return [service.pid for service in stack.status(settings).services if service.pid is not None]


@pytest.mark.integration
def test_up_starts_both_and_down_stops_both(settings: StackSettings) -> None:
    assert [service.state for service in stack.status(settings).services] == [State.STOPPED] * 2
    progress: list[str] = []
    status = stack.up(settings, progress.append)
    assert status.is_running
    assert {line.split(":")[0] for line in progress} == {"kafka", "clickhouse"}
    for service in status.services:
        assert service.log.parent == settings.home / "logs"
        assert service.log.exists()
        assert service.uptime_seconds is not None
        assert service.rss_bytes is not None
        assert 50e6 < service.rss_bytes < 600e6
    running = pids(settings)
    stack.down(settings, silent)
    assert [service.state for service in stack.status(settings).services] == [State.STOPPED] * 2
    assert not any(psutil.pid_exists(pid) for pid in running)


@pytest.mark.integration
def test_up_leaves_alone_what_runs_and_starts_again_what_was_killed(
    settings: StackSettings,
) -> None:
    stack.up(settings, silent)
    write(settings, "CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a")
    write(settings, "INSERT INTO kept VALUES (7)")
    before = stack.status(settings)
    assert [each.pid for each in stack.up(settings, silent).services] == pids(settings)
    kill(settings)
    after = stack.up(settings, silent)
    assert after.is_running
    assert after.kafka.pid != before.kafka.pid
    assert write(settings, "SELECT a FROM kept") == "7\n"


@pytest.mark.integration
def test_two_at_once_start_one_stack(settings: StackSettings) -> None:
    with ThreadPoolExecutor(2) as threads:
        first, second = (threads.submit(stack.up, settings, silent) for _ in range(2))
    assert first.result().kafka.pid == second.result().kafka.pid
    assert first.result().clickhouse.pid == second.result().clickhouse.pid


@pytest.mark.integration
def test_a_running_stack_is_not_moved_and_other_credentials_are_told(
    settings: StackSettings,
) -> None:
    stack.up(settings, silent)
    moved = dataclasses.replace(settings, kafka_port=settings.kafka_port + 1)
    with pytest.raises(SettingsChangedError, match="stop the local stack first"):
        stack.up(moved, silent)
    renamed = dataclasses.replace(settings, clickhouse_user="other")
    with pytest.raises(SettingsChangedError, match="does not know user 'other'"):
        stack.up(renamed, silent)


@pytest.mark.integration
def test_no_secret_shows_in_the_list_of_processes_or_in_a_log(settings: StackSettings) -> None:
    secret = "correct horse"
    known = dataclasses.replace(settings, clickhouse_password=secret, reader_password=secret)
    stack.up(known, silent)
    for pid in pids(known):
        assert secret not in " ".join(psutil.Process(pid).cmdline())
    for path in (settings.home / "logs").iterdir():
        assert secret not in path.read_text()


@pytest.mark.integration
def test_a_client_that_goes_away_stops_its_query(settings: StackSettings) -> None:
    stack.up(settings, silent)
    address = (settings.clickhouse_host, settings.clickhouse_port)
    with socket.create_connection(address) as connection:
        query = b"SELECT count() FROM numbers(1000000000000) WHERE number = sipHash64(number)"
        head = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(query)}\r\n\r\n"
        connection.sendall(head.encode() + query)
        assert wait_until(lambda: running_queries(settings) == 1, 10)
    assert wait_until(lambda: running_queries(settings) == 0, 10)


def test_a_stale_record_is_no_running_service(settings: StackSettings) -> None:
    record = settings.home / "run" / "kafka.json"
    record.parent.mkdir(parents=True)
    for text in (
        f'{{"pid": {os.getpid()}, "created": 1.5, "address": "x"}}',
        "{",
        "[]",
        '{"pid": 1}',
    ):
        record.write_text(text)
        assert stack.status(settings).kafka.state is State.STOPPED
    stack.down(settings, silent)
    assert psutil.pid_exists(os.getpid())


def test_a_port_that_another_program_holds_is_an_error_that_names_it(
    settings: StackSettings,
) -> None:
    with socket.create_server((settings.clickhouse_host, settings.clickhouse_port)):
        assert stack.status(settings).clickhouse.state is State.FOREIGN
        with (
            socket.create_server((settings.kafka_host, settings.kafka_port)),
            pytest.raises(PortTakenError) as raised,
        ):
            stack.up(settings, silent)
    message = str(raised.value)
    assert f"pid {os.getpid()}" in message
    assert "MILLRACE_KAFKA_BOOTSTRAP=127.0.0.1:<free>" in message
    assert "\n" not in message


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "example.org", "::"])
def test_the_stack_listens_on_loopback_alone(settings: StackSettings, host: str) -> None:
    for changed in (
        dataclasses.replace(settings, kafka_host=host),
        dataclasses.replace(settings, clickhouse_host=host),
    ):
        with pytest.raises(NotLoopbackError, match="loopback"):
            stack.up(changed, silent)


def test_names_of_loopback() -> None:
    for host in ("localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "LOCALHOST."):
        assert is_loopback(host)
    for host in ("", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"):
        assert not is_loopback(host)


def test_a_home_with_a_comma_is_refused_with_the_way_out(tmp_path: Path) -> None:
    settings = dataclasses.replace(stack_settings(tmp_path / "a,b"), clickhouse_user="")
    with pytest.raises(StackError, match="set MILLRACE_HOME to a folder without one"):
        stack._parts(settings)[1][0].prepare(silent)


def test_a_home_that_cannot_be_made_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match="set MILLRACE_HOME to a folder that you may write in"):
        stack.up(stack_settings(tmp_path / "file" / "home"), silent)


def test_importing_the_stack_starts_nothing_and_is_cheap() -> None:
    code = (
        "import sys; import infra.local.stack; "
        "print([name for name in ('chdb', 'jgo', 'aiohttp', 'requests') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def kill(settings: StackSettings) -> None:
    for pid in pids(settings):
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not pids(settings), 10)


def write(settings: StackSettings, query: str) -> str:
    reply = request(settings.clickhouse_port, body=query)
    assert reply.status == 200, reply.text
    return reply.text


def running_queries(settings: StackSettings) -> int:
    query = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT count() FROM numbers%'"
    return int(write(settings, query))

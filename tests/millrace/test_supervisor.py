"""The supervisor of real, tiny processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from millrace.log_files import LogKeeping
from millrace.supervisor import (
    RestartPolicy,
    StageKeepsDyingError,
    Supervisor,
    WrongSetupError,
    worker_command,
)
from millrace.worker_agreement import EXIT_SETUP
from tests.command import eventually

QUICK = RestartPolicy(first_wait=0.02, longest_wait=0.05, give_up_after=3, window=60)
# In one piece: who sees its beginning sees all of it.
WAITS = (
    "import sys, time; sys.stdout.write(' '.join(['up', *sys.argv[1:]]) + '\\n'); "
    "sys.stdout.flush(); time.sleep(60)"
)
DIES = "import sys; print('Traceback:', file=sys.stderr); sys.exit('  ' + 'x\\nno disk left')"


def running(code: str) -> Callable[[str, Sequence[str]], list[str]]:
    """The command of a process that runs some Python, told its instance and its stages."""
    return lambda instance, stages: [sys.executable, "-S", "-c", code, instance, *stages]


def supervise(supervisor: Supervisor, until: Callable[[], bool], what: str) -> None:
    def checked() -> bool:
        supervisor.check()
        return until()

    eventually(checked, what)


def log_of(home: Path, name: str) -> str:
    file = home / "logs" / f"{name}.log"
    return file.read_text() if file.exists() else ""


def test_each_group_is_a_process_that_is_told_its_instance_and_stages(tmp_path: Path) -> None:
    groups = [("ner", "summary"), ("sink",)]
    with Supervisor(tmp_path, groups, command_of=running(WAITS)).running():
        eventually(lambda: "up" in log_of(tmp_path, "stages"), "the first process writes")
        eventually(lambda: "up" in log_of(tmp_path, "sink"), "the second process writes")

    first, second = log_of(tmp_path, "stages").split(), log_of(tmp_path, "sink").split()
    assert first[2:] == ["ner", "summary"]
    assert second[2:] == ["sink"]
    assert first[1] == second[1]


def test_the_worker_is_run_by_this_interpreter() -> None:
    assert worker_command("here-0", ["ner"]) == [
        sys.executable, "-m", "millrace.worker", "--instance", "here-0", "ner",
    ]  # fmt: skip


def test_all_processes_end_with_the_context(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, [("ner",), ("sink",)], command_of=running(WAITS))

    with supervisor.running():
        children = [psutil.Process(pid) for pid in supervisor.pids.values()]

    assert len(children) == 2
    assert not any(child.is_running() for child in children)


def test_a_process_that_dies_is_restarted_and_that_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(tmp_path, [("ner",)], QUICK, told.append, running(WAITS))

    with supervisor.running():
        killed = supervisor.pids["ner",]
        os.kill(killed, signal.SIGKILL)
        supervise(supervisor, lambda: supervisor.pids.get(("ner",)) != killed, "it is noticed")
        supervise(supervisor, lambda: bool(supervisor.pids), "it is restarted")

        assert supervisor.pids["ner",] != killed
    assert told == [
        f"ner died (signal SIGKILL); restarting in 0.0 s, log: {tmp_path / 'logs' / 'ner.log'}"
    ]


def test_waits_between_restarts_double_up_to_the_longest(tmp_path: Path) -> None:
    told: list[str] = []
    policy = RestartPolicy(first_wait=0.1, longest_wait=0.4, give_up_after=5, window=60)
    supervisor = Supervisor(
        tmp_path, [("ner",)], policy, told.append, running("raise SystemExit(4)")
    )

    with supervisor.running(), pytest.raises(StageKeepsDyingError):
        supervise(supervisor, lambda: False, "it gives up")

    waits = [event.partition("restarting in ")[2][:5] for event in told]
    assert waits == ["0.1 s", "0.2 s", "0.4 s", "0.4 s"]


def test_a_process_that_keeps_dying_ends_it_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, [("ner",)], QUICK, command_of=running(DIES))

    with supervisor.running(), pytest.raises(StageKeepsDyingError) as raised:
        supervise(supervisor, lambda: False, "it gives up")

    assert str(raised.value) == (
        "ner died 3 times within 60 s, last with exit status 1: no disk left "
        f"(log: {tmp_path / 'logs' / 'ner.log'})"
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"event": "no disk left", "level": "error"}, "no disk left"),
        (
            {"event": "it ends", "exception": "Traceback:\n  here\nOSError: no disk"},
            "OSError: no disk",
        ),
    ],
)
def test_last_words_are_read_out_of_a_line_of_json(
    tmp_path: Path, line: dict[str, str], words: str
) -> None:
    code = f"import sys; print({json.dumps(line)!r}, file=sys.stderr); sys.exit(4)"
    supervisor = Supervisor(tmp_path, [("ner",)], QUICK, command_of=running(code))

    with supervisor.running(), pytest.raises(StageKeepsDyingError, match=rf"4: {words} \(log"):
        supervise(supervisor, lambda: False, "it gives up")


def test_a_log_is_begun_anew_before_it_takes_the_disk(tmp_path: Path) -> None:
    talks = "while True: print('x' * 99, flush=True)"
    logs = tmp_path / "logs"
    supervisor = Supervisor(
        tmp_path, [("ner",)], command_of=running(talks), keeping=LogKeeping(5_000)
    )

    with supervisor.running():
        supervise(supervisor, (logs / "ner.log.3").exists, "three older ones are there")

    assert sorted(file.name for file in logs.iterdir()) == [
        "ner.log", "ner.log.1", "ner.log.2", "ner.log.3",
    ]  # fmt: skip


def test_what_processes_log_is_passed_on_to_who_asks_for_it(tmp_path: Path) -> None:
    """Every line once: also those of before a restart, and the last one."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "ner.log").write_text("yesterday\n")
    code = "import os; print('up', os.getpid()); print('no disk left', end=''); raise SystemExit(4)"
    said: list[bytes] = []
    keeping = LogKeeping(pass_on=said.append)
    supervisor = Supervisor(tmp_path, [("ner",)], QUICK, command_of=running(code), keeping=keeping)

    with supervisor.running(), pytest.raises(StageKeepsDyingError):
        supervise(supervisor, lambda: False, "it gives up")

    lines = b"".join(said).decode().splitlines()
    assert [line.split()[0] for line in lines] == ["up", "no", "up", "no", "up", "no"]
    assert len(set(lines)) == 4


def test_each_process_serves_its_metrics_at_a_port_of_its_own(tmp_path: Path) -> None:
    code = "import os, time; print('up', os.environ['MILLRACE_METRICS_PORT'], flush=True); time.sleep(60)"  # noqa: E501
    groups = [("ner",), ("sink",)]
    with Supervisor(tmp_path, groups, command_of=running(code), metrics_port=9_100).running():
        eventually(lambda: "up 9100" in log_of(tmp_path, "ner"), "the first has the port")
        eventually(lambda: "up 9101" in log_of(tmp_path, "sink"), "the second has the next")


def test_processes_give_memory_back_unless_they_are_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MALLOC_MMAP_THRESHOLD_", raising=False)
    monkeypatch.setenv("MALLOC_ARENA_MAX", "7")
    code = (
        "import os, time; print(os.environ['MALLOC_MMAP_THRESHOLD_'], "
        "os.environ['MALLOC_ARENA_MAX'], 'up', flush=True); time.sleep(60)"
    )
    with Supervisor(tmp_path, [("ner",)], command_of=running(code)).running():
        eventually(lambda: "up" in log_of(tmp_path, "ner"), "it writes")
    assert log_of(tmp_path, "ner").split()[:2] == ["131072", "7"]


def test_a_wrong_setting_ends_it_at_once_with_what_it_said(tmp_path: Path) -> None:
    wrong = f"import sys; print('no model is named', file=sys.stderr); sys.exit({EXIT_SETUP})"
    supervisor = Supervisor(tmp_path, [("inference",)], QUICK, command_of=running(wrong))

    with supervisor.running(), pytest.raises(WrongSetupError, match=r"^no model is named$"):
        supervise(supervisor, lambda: False, "it gives up")


def test_words_of_an_earlier_time_are_not_taken_for_the_last(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "ner.log").write_text("an error of yesterday\n")
    supervisor = Supervisor(tmp_path, [("ner",)], QUICK, command_of=running("raise SystemExit(4)"))

    with supervisor.running(), pytest.raises(StageKeepsDyingError, match="it left no message"):
        supervise(supervisor, lambda: False, "it gives up")


def test_deaths_long_ago_do_not_count(tmp_path: Path) -> None:
    told: list[str] = []
    policy = RestartPolicy(first_wait=0.01, longest_wait=0.01, give_up_after=2, window=0)
    supervisor = Supervisor(
        tmp_path, [("ner",)], policy, told.append, running("raise SystemExit(4)")
    )

    with supervisor.running():
        supervise(supervisor, lambda: len(told) >= 4, "it dies again and again")


def test_a_process_that_does_not_end_is_killed(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"  # noqa: E501
    supervisor = Supervisor(
        tmp_path, [("ner",)], RestartPolicy(stop_within=0.2), command_of=running(stubborn)
    )

    with supervisor.running():
        child = psutil.Process(supervisor.pids["ner",])
        eventually(lambda: "deaf" in log_of(tmp_path, "ner"), "it ignores SIGTERM")

    assert not child.is_running()


def test_supervisors_of_one_home_have_names_of_their_own(tmp_path: Path) -> None:
    names = []
    with (
        Supervisor(tmp_path, [("ner",)], command_of=running(WAITS)).running(),
        Supervisor(tmp_path, [("sink",)], command_of=running(WAITS)).running(),
    ):
        for stage in ("ner", "sink"):
            eventually(lambda: "up" in log_of(tmp_path, stage), f"{stage} writes")  # noqa: B023
            names.append(log_of(tmp_path, stage).split()[1])

    assert names[0] != names[1]


def test_a_supervisor_that_comes_back_has_the_name_it_had(tmp_path: Path) -> None:
    for wanted in (1, 2):
        with Supervisor(tmp_path, [("ner",)], command_of=running(WAITS)).running():
            eventually(lambda: log_of(tmp_path, "ner").count("up") == wanted, "it writes")  # noqa: B023

    first, second = (line.split()[1] for line in log_of(tmp_path, "ner").splitlines())
    assert first == second


def test_supervisors_of_two_homes_have_names_of_their_own(tmp_path: Path) -> None:
    names = []
    for home in (tmp_path / "one", tmp_path / "two"):
        with Supervisor(home, [("ner",)], command_of=running(WAITS)).running():
            eventually(lambda: "up" in log_of(home, "ner"), "it writes")  # noqa: B023
        names.append(log_of(home, "ner").split()[1])

    assert names[0] != names[1]


def test_processes_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    """With the worker's own lifeline, in a process whose only work is to wait."""
    child = (
        "import time; from millrace.worker import end_with_parent; end_with_parent(); "
        "print('up', flush=True); time.sleep(60)"
    )
    parent = (
        "import sys, time; from pathlib import Path; from millrace.supervisor import Supervisor\n"
        "command = lambda instance, stages: [sys.executable, '-c', sys.argv[2]]\n"
        "supervisor = Supervisor(Path(sys.argv[1]), [('ner',)], command_of=command)\n"
        "with supervisor.running():\n"
        "    print(*supervisor.pids.values(), flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, str(tmp_path), child], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        orphan = psutil.Process(int(process.stdout.readline()))
        eventually(lambda: "up" in log_of(tmp_path, "ner"), "the child holds the lifeline")

        process.kill()

        eventually(lambda: not orphan.is_running(), "the child ends")

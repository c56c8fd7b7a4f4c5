"""Processes that live and do nothing: their heartbeat stops, or they end themselves."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from millrace.heartbeat import Pulse, Silence
from millrace.supervisor import RestartPolicy, StageKeepsDyingError, Supervisor
from millrace.worker_agreement import EXIT_STANDSTILL
from tests.millrace.test_supervisor import log_of, running, supervise

BEATS = """
import time
from millrace.heartbeat import beat
beat()
print("up", flush=True)  # one that is stopped before its first beat is not missed
while True:
    beat()
    time.sleep(0.02)
"""
# A stage whose work never comes back, beside the heartbeat of a worker.
BLOCKS = """
import time
from mode import Service, Worker
from millrace.heartbeat import beat
from streams.telemetry import readiness

readiness._BEAT_S = 0.05

class Stage(Service):
    @Service.task
    async def _run(self):
        await self.sleep(0.3)
        print("blocks", flush=True)
        time.sleep(60)

heartbeat = readiness.Heartbeat(readiness.Readiness(), beat)
Worker(heartbeat, Stage(), redirect_stdouts=False, quiet=True).execute_from_commandline()
"""


def short(silent_for: float = 0.5, standstills: int = 5) -> RestartPolicy:
    return RestartPolicy(
        first_wait=0.01,
        longest_wait=0.02,
        give_up_after=50,
        silent_for=silent_for,
        give_up_after_standstills=standstills,
    )


def supervisor_of(
    home: Path, code: str, policy: RestartPolicy, told: list[str] | None = None
) -> Supervisor:
    heard = [] if told is None else told
    return Supervisor(
        home, [("ner",)], policy, heard.append, lambda *_: [sys.executable, "-c", code]
    )


class TestSilence:
    def test_counts_from_the_last_beat_on(self) -> None:
        silence = Silence()

        looks = [silence.look(beaten, at / 2) for at, beaten in enumerate([True, False, False])]
        assert looks == [0.0, 0.5, 1.0]
        assert silence.look(True, 2.0) == 0.0

    def test_does_not_count_before_the_first_beat(self) -> None:
        """A model may take minutes to load, and Kafka may be away."""
        silence = Silence()

        assert [silence.look(False, float(at)) for at in range(1_000)] == [0.0] * 1_000

    def test_does_not_count_time_in_which_the_supervisor_did_not_run_itself(self) -> None:
        silence = Silence()
        silence.look(True, 0.0)

        assert silence.look(False, 10_000.0) == 1.0

    def test_a_pipe_that_is_full_is_a_beat_and_blocks_nobody(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from millrace.heartbeat import BEATS as NAME
        from millrace.heartbeat import beat

        pulse = Pulse()
        monkeypatch.setenv(NAME, str(pulse.writing))
        for _ in range(100_000):
            beat()

        assert pulse.silent_s(1.0) == 0.0
        pulse.handed_over()
        pulse.close()

    def test_a_process_without_a_supervisor_beats_into_the_void(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from millrace.heartbeat import BEATS as NAME
        from millrace.heartbeat import beat

        monkeypatch.delenv(NAME, raising=False)
        beat()


class TestSilentProcesses:
    def test_one_that_is_stopped_is_killed_and_started_again(self, tmp_path: Path) -> None:
        told: list[str] = []
        supervisor = supervisor_of(tmp_path, BEATS, short(2.0), told)

        with supervisor.running():
            supervise(supervisor, lambda: "up" in log_of(tmp_path, "ner"), "it runs")
            stopped = supervisor.pids["ner",]
            os.kill(stopped, signal.SIGSTOP)
            supervise(supervisor, lambda: log_of(tmp_path, "ner").count("up") == 2, "it runs again")

            assert supervisor.pids["ner",] != stopped
        assert told == [
            "ner died (killed after its event loop stood still for 2 s); restarting in 0.0 s, "
            f"log: {tmp_path / 'logs' / 'ner.log'}"
        ]

    def test_one_whose_stage_blocks_the_event_loop_is_killed_and_started_again(
        self, tmp_path: Path
    ) -> None:
        supervisor = supervisor_of(tmp_path, BLOCKS, short())

        with supervisor.running():
            supervise(
                supervisor, lambda: log_of(tmp_path, "ner").count("blocks") == 2, "it blocks again"
            )

    def test_one_that_has_not_beaten_yet_is_left_alone(self, tmp_path: Path) -> None:
        supervisor = supervisor_of(tmp_path, "import time; time.sleep(60)", short(silent_for=0.05))

        with supervisor.running():
            (first,) = supervisor.pids.values()
            looks_until = time.monotonic() + 0.5
            supervise(supervisor, lambda: time.monotonic() > looks_until, "it was looked at")
            assert list(supervisor.pids.values()) == [first]

    def test_one_that_stands_still_again_and_again_ends_the_supervisor(
        self, tmp_path: Path
    ) -> None:
        """However long it takes each time: these are not the deaths of a minute."""
        silent = BEATS.replace("while True:\n", "for _ in range(3):\n") + "\ntime.sleep(60)"
        supervisor = supervisor_of(tmp_path, silent, short(0.1, standstills=3))

        with supervisor.running(), pytest.raises(StageKeepsDyingError) as raised:
            supervise(supervisor, lambda: False, "it gives up")

        assert "ner stood still 3 times within 60 min" in str(raised.value)


def test_a_process_that_ended_itself_for_a_stage_that_stood_still_counts_as_well(
    tmp_path: Path,
) -> None:
    says = f"import sys; print('stage sink stands still: 9 records behind', file=sys.stderr); sys.exit({EXIT_STANDSTILL})"  # noqa: E501
    supervisor = Supervisor(tmp_path, [("sink",)], short(standstills=2), command_of=running(says))

    with supervisor.running(), pytest.raises(StageKeepsDyingError) as raised:
        supervise(supervisor, lambda: False, "it gives up")

    assert str(raised.value) == (
        "sink stood still 2 times within 60 min, last with exit status 75: stage sink stands "
        f"still: 9 records behind (log: {tmp_path / 'logs' / 'sink.log'})"
    )

"""When a process is ready, alive, or neither."""

import pytest

from streams.telemetry import readiness as module
from streams.telemetry.metrics import value_of
from streams.telemetry.readiness import KAFKA_AWAY, Readiness


def shown(stage: str) -> float | None:
    return value_of("millrace_stage_ready", stage=stage)


def test_a_stage_says_what_it_waits_for_until_it_is_ready() -> None:
    readiness = Readiness()
    readiness.expect("ner", "partitions")
    readiness.expect("sink", "Kafka")
    readiness.ready("sink")

    assert readiness.missing == {"ner": "partitions"}
    assert (shown("ner"), shown("sink")) == (0, 1)


def test_no_stage_is_ready_while_kafka_is_away() -> None:
    readiness = Readiness()
    readiness.expect("ner", "partitions")
    readiness.ready("sink")

    readiness.kafka_answers(False)
    assert readiness.missing == {"ner": "partitions", "sink": KAFKA_AWAY}
    assert shown("sink") == 0

    readiness.kafka_answers(True)
    assert readiness.missing == {"ner": "partitions"}
    assert shown("sink") == 1


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_an_event_loop_is_stuck_when_it_has_been_still_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    readiness = Readiness()

    clock.now = 1_000  # it waits for Kafka: no loop has begun yet
    assert readiness.stuck_s == 0
    readiness.beat()
    clock.now += 29
    assert readiness.stuck_s == 0
    clock.now += 2
    assert readiness.stuck_s == 31

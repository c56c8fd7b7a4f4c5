"""The log of a process of stages."""

import logging

from millrace.worker_log import NotAgain


def record(message: str, name: str = "aiokafka") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "file", 1, message, ("127.0.0.1",), None)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_was_logged_a_moment_ago_is_not_logged_again() -> None:
    clock = Clock()
    wanted = NotAgain(30, clock)

    assert wanted.filter(record("no connection to %s"))
    clock.now += 29
    assert not wanted.filter(record("no connection to %s"))
    clock.now += 2
    assert wanted.filter(record("no connection to %s"))


def test_another_wording_and_another_logger_are_logged() -> None:
    wanted = NotAgain(30, Clock())

    assert wanted.filter(record("no connection to %s"))
    assert wanted.filter(record("no answer from %s"))
    assert wanted.filter(record("no connection to %s", name="faust"))

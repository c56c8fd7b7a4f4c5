"""The log of a process of stages."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from opentelemetry.trace import NonRecordingSpan, SpanContext, use_span

from millrace.worker_log import NotAgain, log_to_stderr
from schemas.errors import UnavailableError
from schemas.record import Record
from streams.telemetry.log_context import working_on


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


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What a process logs, not on a terminal; the log is as it was afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook)
    stream = io.StringIO()
    log_to_stderr(stream=stream)
    yield stream
    root.handlers[:], level, sys.excepthook, threading.excepthook = before
    root.setLevel(level)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fails(secret: str) -> None:
    try:
        int(secret)
    except ValueError as error:
        raise KeyError(secret) from error


def is_away() -> None:
    raise UnavailableError("Kafka does not answer")


SECRET = "the secret text"
RECORD = Record("documents.ingest", 3, 17, 0, b"d1", SECRET.encode())


class TestALine:
    def test_is_json_where_no_terminal_is(self, logged: io.StringIO) -> None:
        logging.getLogger("aiokafka.cluster").warning("no node %s at\n%s", 3, "here")

        (line,) = lines(logged)
        assert line.pop("timestamp").endswith("Z")
        assert line == {
            "event": "no node 3 at\nhere", "level": "warning", "logger": "aiokafka.cluster",
        }  # fmt: skip

    def test_is_readable_on_a_terminal(self, logged: io.StringIO) -> None:
        terminal = Terminal()
        log_to_stderr(stream=terminal)
        logging.getLogger("faust").warning("a rebalance")

        assert "a rebalance" in terminal.getvalue()
        with pytest.raises(ValueError, match="Expecting value"):
            json.loads(terminal.getvalue())

    def test_below_the_level_is_none(self, logged: io.StringIO) -> None:
        logging.getLogger("faust").info("started")
        assert lines(logged) == []

        log_to_stderr("INFO", logged)
        logging.getLogger("faust").info("started")
        assert [line["event"] for line in lines(logged)] == ["started"]

    def test_names_the_document_that_is_worked_on_and_never_its_text(
        self, logged: io.StringIO
    ) -> None:
        with working_on(RECORD):
            logging.getLogger("streams").warning("slow")
        logging.getLogger("streams").warning("idle")

        slow, idle = lines(logged)
        assert (slow["document_id"], slow["record"]) == ("d1", "documents.ingest/3/17")
        assert "document_id" not in idle
        assert "secret" not in logged.getvalue()

    def test_names_the_process(self, logged: io.StringIO) -> None:
        log_to_stderr(stream=logged, process="sink")
        logging.getLogger("streams").warning("slow")

        assert lines(logged)[0]["process"] == "sink"

    def test_names_the_trace(self, logged: io.StringIO) -> None:
        context = SpanContext(0xABC, 0xDEF, is_remote=False)
        with use_span(NonRecordingSpan(context)):
            logging.getLogger("streams").warning("slow")

        assert lines(logged)[0]["trace_id"] == f"{0xABC:032x}"

    @pytest.mark.parametrize(
        ("parent", "named"),
        [(f"00-{0xABC:032x}-{0xDEF:016x}-00".encode(), f"{0xABC:032x}"), (b"nonsense", None)],
    )
    def test_names_the_trace_of_a_record_that_is_not_traced_here(
        self, logged: io.StringIO, parent: bytes, named: str | None
    ) -> None:
        with working_on(replace(RECORD, headers=(("traceparent", parent),))):
            logging.getLogger("streams").warning("slow")

        assert lines(logged)[0].get("trace_id") == named


class TestAnError:
    def test_is_told_with_its_place_and_without_words_that_may_quote_a_text(
        self, logged: io.StringIO
    ) -> None:
        try:
            fails(SECRET)
        except KeyError:
            logging.getLogger("streams").exception("it failed")

        (line,) = lines(logged)
        assert "in fails" in line["exception"]
        assert line["exception"].splitlines()[-1] == "KeyError"
        assert "ValueError" in line["exception"]
        assert "the secret" not in logged.getvalue()

    def test_of_ours_is_told_with_its_words(self, logged: io.StringIO) -> None:
        try:
            is_away()
        except UnavailableError:
            logging.getLogger("streams").exception("it failed")

        assert lines(logged)[0]["exception"].endswith("UnavailableError: Kafka does not answer")

    def test_is_told_word_for_word_at_debug(self, logged: io.StringIO) -> None:
        log_to_stderr("DEBUG", logged)
        try:
            fails(SECRET)
        except KeyError:
            logging.getLogger("streams").exception("it failed")

        assert "KeyError: 'the secret text'" in lines(logged)[0]["exception"]

    def test_that_ends_the_process_is_a_line_too(self, logged: io.StringIO) -> None:
        try:
            fails(SECRET)
        except KeyError as error:
            sys.excepthook(KeyError, error, error.__traceback__)

        (line,) = lines(logged)
        assert (line["level"], line["exception"].splitlines()[-1]) == ("critical", "KeyError")

    def test_that_ends_a_thread_is_a_line_too(self, logged: io.StringIO) -> None:
        thread = threading.Thread(target=fails, args=(SECRET,))
        thread.start()
        thread.join()

        assert lines(logged)[0]["event"] == "a thread ended of an error"
        assert "the secret" not in logged.getvalue()

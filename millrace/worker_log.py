"""The log of a process of stages: a line each, and none again and again."""

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import ExcInfo

from millrace.error_words import described
from streams.telemetry.log_context import present

_REPEATED_S = 30.0

log = logging.getLogger(__name__)
Event = MutableMapping[str, Any]


class NotAgain(logging.Filter):
    """Drops what was logged within some seconds already: one wording of one logger, once.

    While Kafka is away, its client would else write 200 MB an hour.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._clock = clock
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to log the record."""
        wording = (record.name, str(record.msg))
        now = self._clock()
        if now - self._last.get(wording, -self._seconds) < self._seconds:
            return False
        self._last[wording] = now
        return True


def log_to_stderr(level: str = "WARNING", stream: TextIO | None = None, process: str = "") -> None:
    """Log what this process and its libraries say to stderr, which its supervisor keeps in a file.

    Lines are JSON, readable ones on a terminal. Each names the process, the document that is worked
    on and the trace. Tracebacks have their errors' words only where these can hold no document
    text, except at the level DEBUG. May be called again with another level.
    """
    chosen = stream or sys.stderr
    handler = logging.StreamHandler(chosen)
    handler.setFormatter(_formatter(level, chosen.isatty(), process))
    handler.addFilter(NotAgain(_REPEATED_S))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    sys.excepthook = _log_end
    threading.excepthook = _log_thread_end


def _formatter(level: str, on_terminal: bool, process: str) -> logging.Formatter:
    def add_present(_logger: object, _method: str, event: Event) -> Event:
        event.update({"process": process} if process else {}, **present())
        return event

    verbatim = level == "DEBUG"
    rendering: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if on_terminal:
        shown = structlog.dev.plain_traceback if verbatim else _write_without_texts
        rendering.append(structlog.dev.ConsoleRenderer(exception_formatter=shown))
    else:
        rendering += [
            structlog.processors.format_exc_info if verbatim else _format_without_texts,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_present,
        ],
        processors=rendering,
    )


def without_texts(error: BaseException) -> str:
    """Where an error came from and of what types it is, in the form of a traceback."""
    seen: set[int] = set()
    parts: list[str] = []
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        frames = "".join(traceback.format_tb(one.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{described(one)}")
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n\nthen:\n\n".join(reversed(parts))


def _format_without_texts(_logger: object, _method: str, event: Event) -> Event:
    found = event.pop("exc_info", None)
    if isinstance(found, tuple) and found[1] is not None:
        event["exception"] = without_texts(found[1])
    return event


def _write_without_texts(file: TextIO, found: ExcInfo) -> None:
    file.write(without_texts(found[1]))


def _log_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("this process ends of an error", exc_info=(kind, error, trace))


def _log_thread_end(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and ended.exc_type is not SystemExit:
        found = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        log.error("a thread ended of an error", exc_info=found)

"""ClickHouse's errors: codes, the HTTP statuses they answer with, and their text."""

import re
from enum import IntEnum
from http import HTTPStatus


class Code(IntEnum):
    """The codes that this server raises or looks for; chDB raises any of ClickHouse's."""

    BAD_ARGUMENTS = 36
    NOT_IMPLEMENTED = 48
    SYNTAX_ERROR = 62
    READONLY = 164
    CHECKSUM_DOESNT_MATCH = 40
    NO_FILE_IN_DATA_PART = 226
    BAD_SIZE_OF_FILE_IN_DATA_PART = 228
    QUERY_IS_TOO_LARGE = 229
    NOT_ENOUGH_SPACE = 243
    CORRUPTED_DATA = 246
    CANNOT_DECOMPRESS = 271
    INTO_OUTFILE_NOT_ALLOWED = 358
    SESSION_NOT_FOUND = 372
    SESSION_IS_LOCKED = 373
    INVALID_SESSION_TIMEOUT = 374
    FUNCTION_NOT_ALLOWED = 446
    AUTHENTICATION_FAILED = 516
    UNSUPPORTED_MEDIA_TYPE = 779
    STD_EXCEPTION = 1001
    UNKNOWN_EXCEPTION = 1002


# As in ClickHouse's src/Server/HTTP/exceptionCodeToHTTPStatus.cpp; all others answer with 500.
_BAD_QUERY = "6 8 15 25 26 27 36 37 38 41 44 53 62 72 117 123 167 168 223 321 376 427 441 675 676"
_UNKNOWN_NAME = "46 47 50 56 60 63 73 78 81 115 152 336 511"
_STATUSES = {
    HTTPStatus.UNAUTHORIZED: "194",
    HTTPStatus.FORBIDDEN: "192 193 497 512 516",
    HTTPStatus.BAD_REQUEST: _BAD_QUERY,
    HTTPStatus.NOT_FOUND: _UNKNOWN_NAME,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "229",
    HTTPStatus.NOT_IMPLEMENTED: "48",
    HTTPStatus.SERVICE_UNAVAILABLE: "76 209 439",
    HTTPStatus.LENGTH_REQUIRED: "381",
    HTTPStatus.REQUEST_TIMEOUT: "159",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "779",
}
_STATUS_OF_CODE = {
    int(code): status for status, codes in _STATUSES.items() for code in codes.split()
}

_HEAD = re.compile(r"Code: (\d+)\. DB::\w*Exception: ")
_MARK = re.compile(r"\((?:version [\d.]+|[A-Z][A-Z0-9_]+)\)")
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]+)\)(?:\s*\(version [\d.]+\))?\s*$")


class QueryError(Exception):
    """A query failed; holds ClickHouse's error code, its name and the message."""

    def __init__(self, code: int, message: str, name: str | None = None) -> None:
        super().__init__(message)
        self.code = int(code)
        self.name = name or _own_name(code)
        self.message = message

    def text(self, version: str) -> str:
        """The body that ClickHouse answers with, without the line's end."""
        stop = "" if self.message.endswith((".", "?", "!")) else "."
        return (
            f"Code: {self.code}. DB::Exception: {self.message}{stop} ({self.name}) "
            f"(version {version} (chDB))"
        )


def _own_name(code: int) -> str:
    return next((known.name for known in Code if known == code), Code.UNKNOWN_EXCEPTION.name)


def http_status(code: int) -> HTTPStatus:
    """The HTTP status that ClickHouse answers an error code with."""
    return _STATUS_OF_CODE.get(code, HTTPStatus.INTERNAL_SERVER_ERROR)


def from_engine(text: str) -> QueryError:
    """Read chDB's text of an error, which may wrap the same error several times.

    >>> error = from_engine(
    ...     "Streaming query failed: Code: 60. DB::Exception: No table t. (UNKNOWN_TABLE)"
    ... )
    >>> error.code, error.name, error.message
    (60, 'UNKNOWN_TABLE', 'No table t.')
    """
    head = _HEAD.search(text)
    if head is None:
        return QueryError(Code.UNKNOWN_EXCEPTION, text.strip() or "unknown error")
    code, message = int(head[1]), text[head.start() :]
    name = _NAME.search(message)
    while again := _HEAD.match(message):
        message = message[again.end() :]
    return QueryError(code, _without_marks(message), name[1] if name else None)


def _without_marks(message: str) -> str:
    """A message without the names and versions at its end, which the answer says anew.

    Backwards from the end: a message may quote much of its query, and hold many brackets.
    """
    end = len(message)
    while True:
        last = _blanks_from(message, end)
        last -= message.endswith(").", 0, last)
        start = message.rfind("(", 0, last)
        if start < 0 or not _MARK.fullmatch(message, start, last):
            return message[:end]
        end = _blanks_from(message, start)


def _blanks_from(text: str, end: int) -> int:
    """Where the white space begins that ends before ``end``."""
    while end and text[end - 1].isspace():
        end -= 1
    return end

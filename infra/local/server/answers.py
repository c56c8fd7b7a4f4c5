"""Answers in ClickHouse's form: headers, compression, and errors after the answer has begun."""

import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from aiohttp import web

from infra.local.server import errors, formats
from infra.local.server.blocks import Framer
from infra.local.server.compression import Encoder, Plain, choose_encoding, encoder
from infra.local.server.engine import Counts
from infra.local.server.errors import QueryError
from infra.local.server.execution import Outcome
from infra.local.server.parameters import Parameters

_TIMEZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class InThread(Protocol):
    """Runs a function that blocks, without holding up other requests."""

    def __call__(self, function: Callable[[], _T], /) -> Awaitable[_T]:
        """Give what the function gives."""
        ...


class Answer:
    """The answer to one request."""

    def __init__(self, request: web.Request, version: str, timezone: str) -> None:
        self._request, self._version = request, version
        self.query_id = ""
        self._encoding: str | None = None
        self._is_framed = False
        self._headers = {
            "X-ClickHouse-Server-Display-Name": "millrace",
            "X-ClickHouse-Timezone": timezone,
        }

    def apply(self, asked: Parameters) -> None:
        """Take over what the request says about its answer."""
        self.query_id = asked.query_id
        self._headers["X-ClickHouse-Query-Id"] = asked.query_id
        zone = asked.settings.get("session_timezone", "")
        if _TIMEZONE.fullmatch(zone):  # the engine refuses others
            self._headers["X-ClickHouse-Timezone"] = zone
        if asked.http_compression:
            self._encoding = choose_encoding(self._request.headers.get("Accept-Encoding", ""))
        self._is_framed = asked.compress

    def error(self, error: QueryError) -> web.Response:
        """An answer that is nothing but an error."""
        headers = {
            **self._headers,
            "X-ClickHouse-Exception-Code": str(error.code),
            "Content-Type": formats.TEXT,
        }
        text = f"{error.text(self._version)}\n"
        status = errors.http_status(error.code)
        return web.Response(status=status, headers=headers, body=text.encode())

    async def send(
        self, outcome: Outcome, in_thread: InThread, release: Callable[[], None]
    ) -> web.StreamResponse:
        """Send a result: at once if it is all here, or a part at a time.

        `release` is called when the engine is done with the query, before the answer ends: a client
        that has all of its answer may use its session again.
        """
        self._headers["X-ClickHouse-Summary"] = summary(outcome.counts)
        self._headers["Content-Type"] = formats.TEXT
        if outcome.format:
            self._headers["X-ClickHouse-Format"] = outcome.format
            self._headers["Content-Type"] = formats.content_type(outcome.format)
        if self._encoding and (outcome.data or outcome.rest):
            self._headers["Content-Encoding"] = self._encoding
        framer, compressor = self._encoders()

        def encoded(data: bytes, *, is_last: bool) -> bytes:
            body = compressor.compress(framer.compress(data))
            if is_last:
                body += compressor.compress(framer.flush()) + compressor.flush()
            return body

        if outcome.rest is not None:
            return await self._stream(outcome.data, outcome.rest, encoded, in_thread, release)

        def whole() -> bytes:
            release()
            return encoded(outcome.data, is_last=True) if outcome.data else b""

        return web.Response(body=await in_thread(whole), headers=self._headers)

    async def _stream(
        self,
        first: bytes,
        rest: Callable[[], bytes | None],
        encoded: "Encoded",
        in_thread: InThread,
        release: Callable[[], None],
    ) -> web.StreamResponse:
        tag = secrets.token_hex(8)
        response = web.StreamResponse(headers={**self._headers, "X-ClickHouse-Exception-Tag": tag})
        await response.prepare(self._request)

        def step() -> bytes | None:
            data = rest()
            return None if data is None else encoded(data, is_last=False)

        def end() -> bytes:
            release()
            return encoded(b"", is_last=True)

        part: bytes | None = await in_thread(lambda: encoded(first, is_last=False))
        try:
            while part is not None:
                await response.write(part)
                part = await in_thread(step)
        except QueryError as error:
            await in_thread(release)
            _log.info(
                "query %s failed with %d %s on its way", self.query_id, error.code, error.name
            )
            await response.write(
                encoded(_exception_block(error.text(self._version), tag), is_last=True)
            )
            _break_off(self._request)
            return response
        if rest_of_encoding := await in_thread(end):
            await response.write(rest_of_encoding)
        await response.write_eof()
        return response

    def _encoders(self) -> tuple[Encoder, Encoder]:
        return (Framer() if self._is_framed else Plain()), encoder(self._encoding)


class Encoded(Protocol):
    """Encodes a part of a body, and what is left after the last."""

    def __call__(self, data: bytes, *, is_last: bool) -> bytes:
        """Give what is ready to be sent."""
        ...


def summary(counts: Counts) -> str:
    """The value of `X-ClickHouse-Summary`: numbers as strings."""
    return json.dumps(
        {
            "read_rows": str(counts.read_rows),
            "read_bytes": str(counts.read_bytes),
            "written_rows": str(counts.written_rows),
            "written_bytes": str(counts.written_bytes),
            "total_rows_to_read": str(counts.read_rows),
            "result_rows": str(counts.written_rows),
            "result_bytes": str(counts.written_bytes),
            "elapsed_ns": str(counts.elapsed_ns),
        },
        separators=(",", ":"),
    )


def _exception_block(text: str, tag: str) -> bytes:
    """How ClickHouse says, in the middle of a result, that the query failed."""
    message = f"{text}\n".encode()
    head = f"\r\n__exception__\r\n{tag}\r\n".encode()
    return head + message + f"{len(message)} {tag}\r\n__exception__\r\n".encode()


def _break_off(request: web.Request) -> None:
    """End the connection before the body's end, so that no client takes it for whole."""
    if request.transport is not None:
        request.transport.close()

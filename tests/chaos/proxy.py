"""A network that drops, delays and cuts: a TCP relay in a thread, told how to behave."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from infra.local.addresses import free_port
from tests.local_stack import HOST

_CHUNK = 64 * 1024
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, 0 s


@dataclass(eq=False)
class _Connection:
    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    asked: bytes = b""
    """The beginning of the last request."""
    dead: bool = False
    ways: list[asyncio.Task[None]] = field(default_factory=list)

    def reset(self) -> None:
        """End both sides at once, without a word."""
        self.dead = True
        for writer in (self.near, self.far):
            with suppress(OSError):
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _RESET
                )
            writer.transport.abort()


class Proxy:
    """Listens on ``port`` and carries bytes to and from the port ``behind``, both of loopback.

    Attributes, to be set from any thread:
        stalled: nothing is carried, connections stay; what waits goes on afterwards.
        refuses: connections are reset, and each new one.
        delay_s: each piece waits so long, in each direction.
        cut_requests: each request is cut: half of its first piece is carried, then all is reset.
        lost_replies: to requests that hold these bytes, the reply is lost, the connection reset.
        struck: how many requests have met one of the last two.
    """

    def __init__(self, behind: int, port: int = 0) -> None:
        self.behind = behind
        self.port = port or free_port(HOST)
        self.stalled = False
        self.refuses = False
        self.delay_s = 0.0
        self.cut_requests = False
        self.lost_replies = b""
        self.struck = 0
        self._connections: set[_Connection] = set()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        thread = threading.Thread(
            target=lambda: self._loop.run_until_complete(self._serve()), name="proxy"
        )
        thread.start()
        try:
            assert self._ready.wait(10), "the proxy does not listen"
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            thread.join(10)
            self._loop.close()

    def heal(self) -> None:
        """Carry everything again."""
        self.stalled = self.refuses = self.cut_requests = False
        self.delay_s, self.lost_replies = 0.0, b""

    def reset_all(self) -> None:
        """Reset every connection that is open now."""

        async def reset() -> None:
            for connection in list(self._connections):
                connection.reset()

        asyncio.run_coroutine_threadsafe(reset(), self._loop).result(10)

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._on_connection, HOST, self.port)
        self._ready.set()
        await self._stop.wait()
        server.close()
        ways = [way for connection in self._connections for way in connection.ways]
        for connection in list(self._connections):
            connection.reset()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        # Those that accept the connections have their turn to end.
        await asyncio.sleep(0.05)

    async def _on_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self.behind)
        except OSError:
            writer.transport.abort()
            return
        connection = _Connection(writer, far_writer)
        if self.refuses:
            connection.reset()
            return
        connection.ways = [
            asyncio.create_task(self._carry_requests(connection, reader)),
            asyncio.create_task(self._carry_replies(connection, far_reader)),
        ]
        self._connections.add(connection)
        try:
            await asyncio.wait(connection.ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in connection.ways:
                way.cancel()
            await asyncio.gather(*connection.ways, return_exceptions=True)
            self._connections.discard(connection)
            for end in (writer, far_writer):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    async def _carry_requests(self, connection: _Connection, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                connection.asked = data if data.startswith(b"POST") else connection.asked
                await self._obstacles()
                if self.cut_requests and len(data) > 1:
                    self.struck += 1
                    connection.far.write(data[: len(data) // 2])
                    await connection.far.drain()
                    connection.reset()
                if connection.dead:
                    return
                connection.far.write(data)
                await connection.far.drain()

    async def _carry_replies(self, connection: _Connection, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if self.lost_replies and self.lost_replies in connection.asked:
                    self.struck += 1
                    connection.reset()
                await self._obstacles()
                if connection.dead:
                    return
                connection.near.write(data)
                await connection.near.drain()

    async def _obstacles(self) -> None:
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        while self.stalled:  # noqa: ASYNC110 - it is set by another thread
            await asyncio.sleep(0.01)

"""A server of TLS in front of one that has none, as a proxy stands before ClickHouse."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

from infra.local.addresses import free_port
from tests.local_stack import HOST


@dataclass(frozen=True)
class TlsProxy:
    """Where it listens, and the authority that has signed its certificate."""

    url: str
    cafile: Path


@contextmanager
def tls_proxy(behind: int, folder: Path, name: str = HOST) -> Iterator[TlsProxy]:
    """Serve on a free port with a certificate for ``name``, in front of the port ``behind``."""
    authority = trustme.CA()
    cafile = folder / "proxy-authority.pem"
    authority.cert_pem.write_to_path(str(cafile))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    port = free_port(HOST)
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        connections: set[asyncio.Task[None]] = set()

        async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(_join(reader, writer, behind))
            connections.add(task)
            task.add_done_callback(connections.discard)

        server = await asyncio.start_server(on_connection, HOST, port, ssl=context)
        ready.set()
        await stop.wait()
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(10), "the proxy does not listen"
        yield TlsProxy(f"https://{HOST}:{port}", cafile)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, behind: int) -> None:
    """Carry bytes both ways until either side has no more."""
    far_reader, far_writer = await asyncio.open_connection(HOST, behind)
    ways = [
        asyncio.create_task(_carry(reader, far_writer)),
        asyncio.create_task(_carry(far_reader, writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, far_writer):
            end.close()
            with suppress(OSError):
                await end.wait_closed()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(64 * 1024):
        writer.write(data)
        await writer.drain()

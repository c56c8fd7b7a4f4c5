"""The process of the local ClickHouse: `python -m infra.local.server`."""

import asyncio
import logging
import os
import signal
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from aiohttp import web

from infra.local.addresses import Address, require_loopback
from infra.local.server.application import Server
from infra.local.server.credentials import Users
from infra.local.server.engine import Engine
from infra.local.server.settings import VARIABLE, ServerSettings

_LOG_BYTES = 16 * 1024 * 1024
_SECONDS_FOR_OPEN_REQUESTS = 5.0
_log = logging.getLogger(__name__)


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    settings = ServerSettings.from_json(os.environ.pop(VARIABLE))
    log = RotatingFileHandler(settings.log, maxBytes=_LOG_BYTES, backupCount=2)
    log.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[log])
    try:
        require_loopback(Address("ClickHouse", settings.host, settings.port, "{port}"))
        asyncio.run(_serve(settings))
    except Exception as error:
        _log.critical("cannot serve: %s", error, exc_info=True)
        sys.stderr.write(f"cannot serve: {error}\n")
        return 1
    return 0


async def _serve(settings: ServerSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    engine = Engine(Path(settings.folder), Path(settings.engine_log))
    users = Users(
        settings.writer, settings.writer_password, settings.reader, settings.reader_password
    )
    runner = web.AppRunner(
        Server(engine, users).application(),
        access_log=None,
        auto_decompress=False,
        handler_cancellation=True,
        shutdown_timeout=_SECONDS_FOR_OPEN_REQUESTS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        _log.info("chDB %s serves at %s:%d", engine.version, settings.host, settings.port)
        await stop.wait()
        _log.info("stopping")
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    sys.exit(main())

"""ClickHouse's HTTP interface on aiohttp.

How a request is answered:
1. It must name this machine in `Host`, and must not come from a web page elsewhere.
2. Its user is found, its URL read, and an engine session opened with its settings.
3. Of the body so much is read that the statement is known. The rows of an INSERT go on to the
   engine piece by piece; any other statement is read whole.
4. What the client may not do is refused: by the engine, whose session is read-only for the reader
   and for GET, and for what the engine would still let through, here.
5. A query that meets a part which a full disk has broken runs once more, after a repair.
6. The answer begins when the result or its first MiB is there, so that errors have their status.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from infra.local.addresses import is_loopback
from infra.local.server import execution, forms, parameters, statements
from infra.local.server.answers import Answer
from infra.local.server.blocks import Unframer
from infra.local.server.body import Body, Rows, read_head
from infra.local.server.compression import Plain, decoder
from infra.local.server.credentials import User, Users, authenticate
from infra.local.server.engine import Engine, Session
from infra.local.server.errors import Code, QueryError
from infra.local.server.execution import Outcome, Wishes
from infra.local.server.repair import Repair
from infra.local.server.sessions import Lease, Sessions
from infra.local.server.statements import Statement

_THREADS = 16
_OK = "Ok.\n"
_NO_HANDLER = (
    "There is no handle {path}\n\nUse / or /ping for health checks.\n\n"
    "Send queries from your program with POST method or GET /?query=...\n"
)
_log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


class Server:
    """Answers requests with one engine."""

    def __init__(self, engine: Engine, users: Users) -> None:
        self._engine, self._users = engine, users
        self._sessions = Sessions(engine)
        self._repair = Repair(engine)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="query")

    def application(self) -> web.Application:
        """The routes, with the checks before them."""
        application = web.Application(middlewares=[_only_this_machine])
        for path in ("/ping", "/replicas_status"):
            application.router.add_get(path, _ok)
        application.router.add_route("*", "/", self._root)
        application.router.add_route("*", "/{path:.*}", _no_handler)
        application.cleanup_ctx.append(self._running)
        return application

    async def _root(self, request: web.Request) -> web.StreamResponse:
        if request.method == "OPTIONS":
            return web.Response(status=204)
        if request.method in ("GET", "HEAD") and "query" not in request.query:
            return await _ok(request)
        answer = Answer(request, self._engine.version, self._engine.timezone)
        try:
            _check_text(request)
            user = authenticate(self._users, request.headers, request.query)
            return await self._answer_query(request, user, answer)
        except QueryError as error:
            _log.info("query %s failed with %d %s", answer.query_id, error.code, error.name)
            return answer.error(error)
        except web.HTTPException:
            raise
        except Exception as error:  # a mistake of ours has a code too, as ClickHouse's have
            _log.error("query %s failed with %s", answer.query_id, type(error).__name__)
            return answer.error(QueryError(Code.STD_EXCEPTION, "The server made a mistake"))

    async def _answer_query(
        self, request: web.Request, user: User, answer: Answer
    ) -> web.StreamResponse:
        is_form = request.content_type == "multipart/form-data"
        asked = parameters.read(
            request.query.items(), request.headers, method=request.method, is_form=is_form
        )
        answer.apply(asked)
        form = await forms.read(request) if is_form else forms.EMPTY
        if user.is_reader and "readonly" in request.query and asked.readonly == 0:
            raise QueryError(Code.READONLY, "Cannot modify 'readonly' setting in readonly mode.")
        if user.is_reader and form.tables:
            raise QueryError(Code.READONLY, "Cannot create a temporary table in readonly mode.")
        body = Body(
            request.content,
            decoder(request.headers.get("Content-Encoding", "")),
            Unframer() if asked.decompress else Plain(),
        )
        settings = {**asked.settings, **form.parameters, "log_comment": asked.query_id}
        is_restricted = user.is_reader or asked.readonly > 0
        kept = None if is_restricted else asked.session
        lease = await self._open(kept, settings)
        reads_only = False
        try:
            for table in form.tables:
                await self._call(execution.create_external, lease.session, table)
            await self._call(
                execution.restrict, lease.session, asked.readonly, is_reader=user.is_reader
            )
            if is_form:
                statement: Statement | Rows = statements.read_statement(
                    f"{asked.query}{form.query}".encode()
                )
            else:
                statement = await read_head(asked.query, body)
            if isinstance(statement, Rows):
                outcome = await self._insert(lease.session, statement, body)
            else:
                reads_only = statement.only_reads
                if user.is_reader:
                    execution.check_reader(statement, settings)
                wishes = Wishes(
                    asked.default_format, asked.protocol_version, asked.wait_end_of_query
                )
                return await self._run(lease, statement, wishes, answer)
            return await answer.send(outcome, self._call, lease.close)
        except asyncio.CancelledError:
            if reads_only:
                _log.info("query %s: its client went away", asked.query_id)
                self._threads.submit(self._engine.kill, asked.query_id)
            raise
        finally:
            await self._call(lease.close)

    async def _run(
        self, lease: Lease, statement: Statement, wishes: Wishes, answer: Answer
    ) -> web.StreamResponse:
        try:
            return await self._run_once(lease, statement, wishes, answer)
        except QueryError as error:
            if not (statement.only_reads and self._repair.helps(error)):
                raise
            _log.warning("query %s met a broken part: %s", answer.query_id, error)
        with contextlib.suppress(TimeoutError, QueryError):  # then it fails as it did
            await self._repair.repair()
        return await self._run_once(lease, statement, wishes, answer)

    async def _run_once(
        self, lease: Lease, statement: Statement, wishes: Wishes, answer: Answer
    ) -> web.StreamResponse:
        async with self._repair.passing():
            run = partial(execution.run, lease.session, statement, wishes)
            outcome = await (
                self._call(self._repair.insert, run) if statement.is_insert else self._call(run)
            )
            if statement.verb == "SET":
                lease.settings_were_changed()
            return await answer.send(outcome, self._call, lease.close)

    async def _open(
        self, kept: parameters.SessionRequest | None, settings: dict[str, str]
    ) -> Lease:
        opening = asyncio.get_running_loop().run_in_executor(
            self._threads, self._sessions.open, kept, settings
        )
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(
                lambda done: None if done.exception() else done.result().close()
            )
            raise

    async def _insert(self, session: Session, rows: Rows, body: Body) -> Outcome:
        await self._call(session.begin_insert, rows.insert)
        piece = rows.first or await body.piece()
        while piece:
            await self._call(session.append, piece)
            piece = await body.piece()
        async with self._repair.passing():
            written = await self._call(self._repair.insert, session.finish_insert)
        return Outcome(None, b"", written)

    async def _call(
        self, function: Callable[_P, _T], *arguments: _P.args, **options: _P.kwargs
    ) -> _T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: function(*arguments, **options))

    async def _running(self, _: web.Application) -> AsyncIterator[None]:
        watching = asyncio.create_task(self._repair.watch())
        yield
        watching.cancel()
        self._engine.kill(None)
        self._threads.shutdown(wait=True)
        self._sessions.close()
        self._engine.close()


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a web page elsewhere could make a browser send.

    By a name of its own that it pointed here (DNS rebinding), or by a request from its place: with
    `Origin`, or, of pictures, links and frames, with `Sec-Fetch-Site` alone.
    """
    headers = request.headers
    origin = headers.get("Origin")
    named = [headers.get("Host", ""), request.host]
    if origin is not None:
        named.append(origin.partition("://")[2])
    is_elsewhere = origin is None and headers.get("Sec-Fetch-Site") == "cross-site"
    if is_elsewhere or not all(is_loopback(_host(one)) for one in named):
        return web.Response(
            status=403,
            text="Only programs of this machine are answered: name it 127.0.0.1 or localhost\n",
        )
    return await handler(request)


def _check_text(request: web.Request) -> None:
    """Refuse a request whose headers or URL are no text. Raises QueryError."""
    given = (*request.headers.values(), *request.query.keys(), *request.query.values())
    try:
        "".join(given).encode()
    except UnicodeEncodeError:
        raise QueryError(Code.BAD_ARGUMENTS, "a header or the URL is not UTF-8") from None


def _host(named: str) -> str:
    """The host of `host:port`; nothing where that is malformed."""
    try:
        return urlsplit(f"//{named}").hostname or ""
    except ValueError:
        return ""


async def _ok(_: web.Request) -> web.StreamResponse:
    return web.Response(text=_OK, content_type="text/html", charset="UTF-8")


async def _no_handler(request: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text=_NO_HANDLER.format(path=request.path))

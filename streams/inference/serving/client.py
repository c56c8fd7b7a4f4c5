"""The one place where httpx is used: requests to OpenAI-compatible servers."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from time import monotonic

import httpx

from schemas.errors import AccessError
from streams.inference.generation import GenerationError
from streams.inference.serving.answer import Answer
from streams.inference.serving.errors import ModelSetupError, ServerAwayError, ServerFaultError
from streams.inference.serving.event_stream import EventStream
from streams.inference.serving.refusals import read_complaint, refused
from streams.inference.serving.retry_after import seconds_to_wait
from streams.inference.serving.settings import CAFILE, ServedModelSettings

_MAX_STREAM_BYTES = 64 * 1024 * 1024  # 4,096 tokens of some 300 bytes each are 1.2 MB
_MAX_BODY_BYTES = 1024 * 1024
_AFTER_THE_END_S = 1.0
# Below the 5 s after which vLLM's server closes an idle connection, perhaps under a request.
_KEEP_ALIVE_S = 4.0
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")


class ModelClient:
    """Asks servers of models over kept connections. Messages of errors hold no text of prompts.

    Proxies are taken from the environment, as other programs do, but never for loopback.

    Raises:
        AccessError: the file of authorities can't be read.
    """

    def __init__(self, settings: ServedModelSettings) -> None:
        patience = settings.patience
        self._call_s = patience.call_s
        try:
            tls = ssl.create_default_context(cafile=settings.cafile)
        except OSError as error:
            raise AccessError(f"{CAFILE}: {settings.cafile} can't be read as PEM") from error
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {},
            verify=tls,
            timeout=httpx.Timeout(patience.silence_s, connect=patience.connect_s, pool=None),
            limits=httpx.Limits(
                max_connections=settings.max_connections,
                max_keepalive_connections=settings.max_connections,
                keepalive_expiry=_KEEP_ALIVE_S,
            ),
            mounts=dict.fromkeys(_LOOPBACK),
        )

    async def models(self, url: str) -> bytes:
        """The server's list of models, as JSON.

        Raises:
            MillraceError: as ``chat`` does.
        """
        async with self._exchange(url, "GET", "/models") as response:
            return await _bounded(response)

    async def chat(self, url: str, body: bytes) -> Answer:
        """A chat completion, streamed. Cancelling it closes the stream, and so ends it there.

        Raises:
            AccessError, ModelSetupError: no call can succeed.
            ServerAwayError: the call did not reach a server.
            ThrottledError: the server has no room.
            ServerFaultError: it took the call and sent no whole answer.
            GenerationError: it refuses this prompt, or was silent for too long (``timeout``).
        """
        answer = Answer(url)
        events = EventStream(_MAX_STREAM_BYTES)
        async with self._exchange(url, "POST", "/chat/completions", body) as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip()
            if kind != "text/event-stream":
                raise ServerFaultError(f"{url} answered with {_printable(kind)}, not with a stream")
            chunks = response.aiter_bytes()
            async for chunk in chunks:
                now = monotonic()
                for data in events.feed(chunk):
                    answer.add(data, now)
                if answer.done:
                    await _read_to_end(chunks)
                    break
        answer.text()
        return answer

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    @asynccontextmanager
    async def _exchange(
        self, url: str, method: str, path: str, body: bytes | None = None
    ) -> AsyncIterator[httpx.Response]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            async with (
                asyncio.timeout(self._call_s),
                self._http.stream(method, url + path, content=body, headers=headers) as response,
            ):
                if response.status_code >= 300:
                    raise refused(
                        url,
                        response.status_code,
                        read_complaint(await _bounded(response)),
                        seconds_to_wait(response.headers.get("retry-after"), datetime.now(UTC)),
                    )
                yield response
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            if _is_tls(error):
                raise AccessError(f"{url}: its certificate is not trusted, look at {CAFILE}") from (
                    error
                )
            raise ServerAwayError(f"{url} does not answer") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise GenerationError(
                "timeout", f"{url} gave no answer in time", retryable=True
            ) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise ServerFaultError(f"{url} broke off ({type(error).__name__})") from error
        except httpx.InvalidURL as error:
            raise ModelSetupError(f"{url} is no address") from error


async def _bounded(response: httpx.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            break
    return body


async def _read_to_end(chunks: AsyncIterator[bytes]) -> None:
    """Read past the last event: only a connection that was read to its end is kept."""
    with suppress(TimeoutError, httpx.TransportError):
        async with asyncio.timeout(_AFTER_THE_END_S):
            async for _ in chunks:
                pass


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _printable(kind: str) -> str:
    return kind if kind.isascii() and kind.isprintable() and 0 < len(kind) < 80 else "no type"

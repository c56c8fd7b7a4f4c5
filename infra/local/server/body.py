"""The body of a request: read in pieces, decoded, and so far that its statement is known."""

import asyncio
from dataclasses import dataclass

from aiohttp import StreamReader

from infra.local.server import statements
from infra.local.server.compression import Decoder
from infra.local.server.errors import Code, QueryError
from infra.local.server.statements import Insert, Statement

_PIECE_BYTES = 1024 * 1024
_LONGEST_STATEMENT_BYTES = 16 * 1024 * 1024
_IDLE_SECONDS = 60.0


class Body:
    """What a client sends after the headers."""

    def __init__(self, stream: StreamReader, *decoders: Decoder) -> None:
        """Read from `stream` through the decoders, first to last."""
        self._stream = stream
        self._decoders = decoders
        self._is_over = False

    async def piece(self) -> bytes:
        """About a MiB of decoded data; nothing when the body is over.

        Raises QueryError when the body cannot be decoded or its sender has stopped sending.
        """
        parts: list[bytes] = []
        size = 0
        while size < _PIECE_BYTES and not self._is_over:
            part = self._decoded(await self._received())
            parts.append(part)
            size += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def read(self, limit: int) -> bytes:
        """All of what is left, which must not be over `limit` bytes."""
        content = bytearray()
        while data := await self.piece():
            content += data
            if len(content) > limit:
                raise QueryError(Code.QUERY_IS_TOO_LARGE, f"the query is longer than {limit} bytes")
        return bytes(content)

    async def _received(self) -> bytes:
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                data = await self._stream.readany()
        except TimeoutError as error:
            raise QueryError(
                Code.BAD_ARGUMENTS, f"nothing was received for {_IDLE_SECONDS:.0f} s"
            ) from error
        self._is_over = not data and self._stream.at_eof()
        return data

    def _decoded(self, data: bytes) -> bytes:
        for decoder in self._decoders:
            data = decoder.decompress(data)
            if self._is_over:
                decoder.finish()
        return data


@dataclass(frozen=True)
class Rows:
    """An INSERT and the first of its rows; the others are still in the body."""

    insert: Insert
    first: bytes


async def read_head(query: str, body: Body) -> Statement | Rows:
    """Read the statement that begins in the URL, or in the body, and may go on there.

    Of an INSERT with rows only so much is read that it is known where they begin.
    """
    text = f"{query}\n".encode() if query else b""
    is_all = False
    while not is_all and statements.verb(text) is None:
        is_all = not (piece := await body.piece())
        text += piece
    if statements.verb(text + b" ") != "INSERT":
        return statements.read_statement(text + await body.read(_LONGEST_STATEMENT_BYTES))
    while (insert := statements.read_insert(text, is_all)) is None:
        is_all = not (piece := await body.piece())
        text += piece
        if len(text) > _LONGEST_STATEMENT_BYTES:
            raise QueryError(
                Code.QUERY_IS_TOO_LARGE,
                f"the INSERT is longer than {_LONGEST_STATEMENT_BYTES} bytes before its rows",
            )
    return insert if isinstance(insert, Statement) else Rows(insert, text[insert.data_at :])

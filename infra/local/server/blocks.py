"""ClickHouse's own compression of HTTP bodies (`compress=1`, `decompress=1`).

A body is a row of blocks: 16 bytes of CityHash128 over what follows, a byte for the method, the
compressed size with this head of 9 bytes, the plain size (both 32 bits, little-endian), the data.
"""

import struct

import lz4.block
import zstandard

from infra.local.server.city_hash import city_hash_128
from infra.local.server.errors import Code, QueryError

_BLOCK_BYTES = 1024 * 1024
_LARGEST_BLOCK_BYTES = 1024 * 1024 * 1024
_HEAD = struct.Struct("<BII")
_CHECKSUM_BYTES = 16
_NONE, _LZ4, _ZSTD = 0x02, 0x82, 0x90


class Framer:
    """Puts a body into LZ4 blocks."""

    def compress(self, data: bytes) -> bytes:
        """Give the blocks of a piece."""
        starts = range(0, len(data), _BLOCK_BYTES)
        return b"".join(_block(data[at : at + _BLOCK_BYTES]) for at in starts)

    def flush(self) -> bytes:
        """Give nothing more: every piece is in whole blocks."""
        return b""


class Unframer:
    """Takes a body out of its blocks.

    Checksums are not compared: the body came over loopback, and the engine reads its format.
    """

    def __init__(self) -> None:
        self._pending = b""

    def decompress(self, data: bytes) -> bytes:
        """Give the content of the blocks that are complete now."""
        self._pending += data
        at, parts = 0, []
        while len(self._pending) - at >= _CHECKSUM_BYTES + _HEAD.size:
            method, size, plain = _HEAD.unpack_from(self._pending, at + _CHECKSUM_BYTES)
            if not _HEAD.size <= size <= _LARGEST_BLOCK_BYTES or plain > _LARGEST_BLOCK_BYTES:
                raise QueryError(Code.CANNOT_DECOMPRESS, "a compressed block has no valid size")
            if len(self._pending) - at < _CHECKSUM_BYTES + size:
                break
            start = at + _CHECKSUM_BYTES + _HEAD.size
            at += _CHECKSUM_BYTES + size
            parts.append(_plain(method, self._pending[start:at], plain))
        self._pending = self._pending[at:]
        return b"".join(parts)

    def finish(self) -> None:
        """Say that the body is over."""
        if self._pending:
            raise QueryError(Code.CANNOT_DECOMPRESS, "the body ends inside a compressed block")


def _block(data: bytes) -> bytes:
    compressed: bytes = lz4.block.compress(data, store_size=False)
    content = _HEAD.pack(_LZ4, len(compressed) + _HEAD.size, len(data)) + compressed
    return city_hash_128(content) + content


def _plain(method: int, data: bytes, size: int) -> bytes:
    try:
        if method == _LZ4:
            return bytes(lz4.block.decompress(data, uncompressed_size=size))
        if method == _ZSTD:
            return zstandard.ZstdDecompressor().decompress(data, max_output_size=size)
    except (lz4.block.LZ4BlockError, zstandard.ZstdError) as error:
        raise QueryError(Code.CANNOT_DECOMPRESS, f"a block is broken: {error}") from error
    if method != _NONE:
        raise QueryError(Code.CANNOT_DECOMPRESS, f"unknown compression method 0x{method:02x}")
    return data

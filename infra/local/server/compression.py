"""HTTP's content encodings, a piece at a time, both ways: gzip, deflate, lz4 and zstd."""

import zlib
from collections.abc import Callable
from typing import Protocol

import lz4.frame
import zstandard

from infra.local.server.errors import Code, QueryError

_FAST_ZLIB = 1


class Encoder(Protocol):
    """Encodes a body in pieces."""

    def compress(self, data: bytes) -> bytes:
        """Take a piece; give what is ready."""
        ...

    def flush(self) -> bytes:
        """Give the rest; nothing comes after."""
        ...


class Decoder(Protocol):
    """Decodes a body in pieces, cut anywhere."""

    def decompress(self, data: bytes) -> bytes:
        """Take a piece; give what is ready. Raises QueryError for data in another format."""
        ...

    def finish(self) -> None:
        """Say that the body is over. Raises QueryError when it ends too early."""
        ...


class Plain:
    """No encoding at all."""

    def compress(self, data: bytes) -> bytes:
        """Give the piece as it is."""
        return data

    def decompress(self, data: bytes) -> bytes:
        """Give the piece as it is."""
        return data

    def flush(self) -> bytes:
        """Give nothing more."""
        return b""

    def finish(self) -> None:
        """Accept any end."""


def choose_encoding(accepted: str) -> str | None:
    """The response encoding for an `Accept-Encoding` header, in ClickHouse's order of preference.

    >>> choose_encoding("gzip, deflate, br, zstd")
    'zstd'
    >>> choose_encoding("gzip;q=0, identity") is None
    True
    """
    offered = set()
    for item in accepted.lower().split(","):
        name, _, weight = item.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0"):
            offered.add(name.strip())
    return next((name for name in _ENCODERS if name in offered), None)


def encoder(encoding: str | None) -> Encoder:
    """The encoder for a name that `choose_encoding` gave."""
    return _ENCODERS[encoding]() if encoding else Plain()


def decoder(encoding: str) -> Decoder:
    """The decoder for a `Content-Encoding` header; QueryError for one that is not known."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return Plain()
    if name not in _DECODERS:
        raise QueryError(
            Code.UNSUPPORTED_MEDIA_TYPE,
            f"Content-Encoding {encoding!r} is not supported; use one of {', '.join(_DECODERS)}",
        )
    return _Framed(name, _DECODERS[name])


class _Lz4Encoder:
    def __init__(self) -> None:
        self._compressor = lz4.frame.LZ4FrameCompressor()
        self._begun = False

    def compress(self, data: bytes) -> bytes:
        head = b"" if self._begun else self._compressor.begin()
        self._begun = True
        return bytes(head + self._compressor.compress(data))

    def flush(self) -> bytes:
        head = b"" if self._begun else self._compressor.begin()
        return bytes(head + self._compressor.flush())


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Framed:
    """Several compressed frames may follow one another in one body."""

    def __init__(self, name: str, make: Callable[[], _Decompressor]) -> None:
        self._name, self._make, self._current = name, make, make()
        self._is_between_frames = True

    def decompress(self, data: bytes) -> bytes:
        parts = []
        while data:
            if self._current.eof:
                self._current = self._make()
            try:
                parts.append(self._current.decompress(data))
            except (zlib.error, zstandard.ZstdError, RuntimeError) as error:
                raise QueryError(
                    Code.CANNOT_DECOMPRESS, f"the body is not valid {self._name}: {error}"
                ) from error
            data = (self._current.unused_data or b"") if self._current.eof else b""
            self._is_between_frames = self._current.eof
        return b"".join(parts)

    def finish(self) -> None:
        if not self._is_between_frames:
            raise QueryError(Code.CANNOT_DECOMPRESS, f"the {self._name} body ends too early")


_ENCODERS: dict[str, Callable[[], Encoder]] = {
    "lz4": _Lz4Encoder,
    "zstd": lambda: zstandard.ZstdCompressor(level=1).compressobj(),
    "gzip": lambda: zlib.compressobj(_FAST_ZLIB, wbits=31),
    "deflate": lambda: zlib.compressobj(_FAST_ZLIB),
}
_DECODERS: dict[str, Callable[[], _Decompressor]] = {
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
    "gzip": lambda: zlib.decompressobj(wbits=31),
    "deflate": lambda: zlib.decompressobj(),
}

"""The Native format as newer clients ask for it.

chDB writes Native blocks of protocol version 0. A client that names a version expects more in each
block: from any version on a head (`BlockInfo`), and from 54454 on a byte after the type of every
column that says how it is serialised. To put the byte there, the length of each column's data must
be known, so the data are walked by their types.
"""

import struct
from collections.abc import Iterator

from infra.local.server.errors import Code, QueryError
from infra.local.server.native_types import column_end, read_varint

_BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"
_VERSION_WITH_SERIALIZATION_KIND = 54454
_DEFAULT_SERIALIZATION = b"\x00"


def reframe(data: bytes, version: int) -> bytes:
    """Blocks of protocol version 0 as a client of `version` expects them.

    Raises QueryError for a column type that cannot be walked.
    """
    if version == 0 or not data:
        return data
    return b"".join(_blocks(data, has_kind=version >= _VERSION_WITH_SERIALIZATION_KIND))


def _blocks(data: bytes, *, has_kind: bool) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        start = at
        columns, at = read_varint(data, at)
        rows, at = read_varint(data, at)
        yield _BLOCK_INFO
        for _ in range(columns):
            length, at = read_varint(data, at)
            at += length
            length, at = read_varint(data, at)
            kind = data[at : at + length].decode()
            at += length
            if has_kind:
                yield data[start:at] + _DEFAULT_SERIALIZATION
                start = at
            try:
                at = column_end(kind, data, at, rows)
            except (ValueError, IndexError, struct.error) as error:
                raise QueryError(
                    Code.NOT_IMPLEMENTED, f"type {kind} cannot be sent in Native: {error}"
                ) from error
        yield data[start:at]

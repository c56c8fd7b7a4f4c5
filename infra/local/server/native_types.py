"""How long the data of a column are in the Native format (protocol version 0)."""

import re
import struct

_FIXED_BYTES = {
    "Nothing": 1,
    "Bool": 1,
    "Int8": 1,
    "UInt8": 1,
    "Enum8": 1,
    "Int16": 2,
    "UInt16": 2,
    "Enum16": 2,
    "Date": 2,
    "BFloat16": 2,
    "Int32": 4,
    "UInt32": 4,
    "Float32": 4,
    "Date32": 4,
    "Time": 4,
    "DateTime": 4,
    "IPv4": 4,
    "Decimal32": 4,
    "Int64": 8,
    "UInt64": 8,
    "Float64": 8,
    "DateTime64": 8,
    "Time64": 8,
    "Decimal64": 8,
    "Int128": 16,
    "UInt128": 16,
    "IPv6": 16,
    "UUID": 16,
    "Decimal128": 16,
    "Int256": 32,
    "UInt256": 32,
    "Decimal256": 32,
}
_INTERVAL = re.compile(r"Interval[A-Z][a-z]+")
_GEO = {
    "Point": "Tuple(Float64, Float64)",
    "Ring": "Array(Point)",
    "LineString": "Array(Point)",
    "MultiLineString": "Array(LineString)",
    "Polygon": "Array(Ring)",
    "MultiPolygon": "Array(Polygon)",
}
_KEY_BYTES = (1, 2, 4, 8)
_PREFIX_BYTES = 8


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned number of variable length, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def column_end(kind: str, data: bytes, at: int, rows: int) -> int:
    """Where the data of a column of this type end. Raises ValueError for types not known here."""
    if rows == 0:
        return at
    return _data_end(kind, data, at + _PREFIX_BYTES * _low_cardinalities(kind), rows)


def _low_cardinalities(kind: str) -> int:
    """Each LowCardinality in a type puts its version before the data of the whole column."""
    return kind.count("LowCardinality(")


def _data_end(kind: str, data: bytes, at: int, rows: int) -> int:
    name, arguments = _split(kind)
    if name in _FIXED_BYTES:
        return at + rows * _FIXED_BYTES[name]
    if _INTERVAL.fullmatch(name):
        return at + rows * 8
    if name == "FixedString":
        return at + rows * int(arguments[0])
    if name == "Decimal":
        return at + rows * _decimal_bytes(int(arguments[0]))
    if name == "String":
        return _strings_end(data, at, rows)
    if name == "Nullable":
        return _data_end(arguments[0], data, at + rows, rows)
    if name in ("Array", "Nested", "Map"):
        inner = arguments[0] if name == "Array" else f"Tuple({', '.join(arguments)})"
        end = at + 8 * rows
        items = struct.unpack_from("<Q", data, end - 8)[0] if rows else 0
        return _data_end(inner, data, end, items)
    if name == "Tuple":
        for argument in arguments:
            at = _data_end(_unnamed(argument), data, at, rows)
        return at if arguments else at + rows
    if name == "LowCardinality":
        return _low_cardinality_end(arguments[0], data, at, rows)
    if name == "SimpleAggregateFunction":
        return _data_end(arguments[1], data, at, rows)
    if name in _GEO:
        return _data_end(_GEO[name], data, at, rows)
    raise ValueError(f"{name} is not known")


def _strings_end(data: bytes, at: int, rows: int) -> int:
    for _ in range(rows):
        length = data[at]
        at += 1
        if length >= 0x80:
            length, at = read_varint(data, at - 1)
        at += length
    return at


def _low_cardinality_end(kind: str, data: bytes, at: int, rows: int) -> int:
    """A head with the width of the keys, the dictionary, and a key for each row."""
    if rows == 0:
        return at
    flags, size = struct.unpack_from("<QQ", data, at)
    inner = _split(kind)[1][0] if kind.startswith("Nullable(") else kind
    at = _data_end(inner, data, at + 16, size)
    return at + 8 + rows * _KEY_BYTES[flags & 0xFF]


def _decimal_bytes(precision: int) -> int:
    sizes = ((9, 4), (18, 8), (38, 16), (76, 32))
    return next(size for digits, size in sizes if precision <= digits)


def _unnamed(argument: str) -> str:
    """The type of a tuple's element, without its name: `a UInt8` is `UInt8`."""
    named = re.match(r"(`(?:[^`\\]|\\.)*`|[A-Za-z_]\w*) (?=[A-Z])", argument)
    return argument[named.end() :] if named else argument


def _split(kind: str) -> tuple[str, list[str]]:
    """A type's name and its arguments, as they stand between commas of its own bracket."""
    name, bracket, rest = kind.partition("(")
    if not bracket:
        return kind, []
    arguments, depth, start, quote = [], 0, 0, ""
    inside = rest[: rest.rindex(")")]
    at = 0
    while at < len(inside):
        char = inside[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'`":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "," and depth == 0:
            arguments.append(inside[start:at].strip())
            start = at + 1
        at += 1
    if last := inside[start:].strip():
        arguments.append(last)
    return name, arguments

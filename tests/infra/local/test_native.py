"""The Native format in the versions that clients name, and ClickHouse's own compression of it."""

import struct

import pytest

from infra.local.server.blocks import Framer, Unframer
from infra.local.server.city_hash import city_hash_128
from infra.local.server.errors import QueryError
from infra.local.server.native import reframe
from tests.infra.local.conftest import Ask

GO_CLIENT_VERSION = "54460"
PYTHON_CLIENT_VERSION = "54405"
BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"

VALUES = [
    "toInt8(-1)",
    "toUInt256(7)",
    "1.5::Float32",
    "true",
    "toDate('2024-03-03')",
    "toDate32('2024-03-03')",
    "toDateTime('2024-03-03 01:02:03', 'UTC')",
    "toDateTime64('2024-03-03 01:02:03.5', 3, 'Europe/Berlin')",
    "toDecimal64(1.5, 4)",
    "toDecimal256(1.5, 40)",
    "generateUUIDv4()",
    "toIPv4('127.0.0.1')",
    "toIPv6('::1')",
    "toFixedString('ab', 4)",
    "repeat('text ', number % 60)",
    "toLowCardinality(toString(number % 300))",
    "CAST(if(number % 2, NULL, 'x'), 'LowCardinality(Nullable(String))')",
    "if(number % 2, NULL, number)",
    "arrayMap(x -> toString(x), range(number % 5))",
    "CAST(range(number % 3), 'Array(LowCardinality(String))')",
    "[[(1::UInt32, 'a')], []]",
    "map('k', [number])",
    "CAST(('a', 1), 'Tuple(name String, `odd, (name` UInt8)')",
    "CAST('b', 'Enum8(\\'a, (\\' = 1, \\'b\\' = 2)')",
    "toIntervalDay(3)",
    "NULL",
    "[]",
    "(1.5, 2.5)::Point",
    "tuple()",
]


@pytest.mark.integration
@pytest.mark.parametrize("value", VALUES)
def test_every_type_is_framed_as_a_new_client_reads_it(ask: Ask, value: str) -> None:
    query = f"SELECT {value} AS v, number AS n FROM numbers(1000) FORMAT Native"
    plain = ask(query).body
    framed = ask(query, url={"client_protocol_version": GO_CLIENT_VERSION}).body
    if "generate" not in value:
        assert framed == reframe(plain, int(GO_CLIENT_VERSION))
    assert framed.startswith(BLOCK_INFO)
    assert len(framed) == len(plain) + len(BLOCK_INFO) + 2
    assert framed.endswith(b"\x01n\x06UInt64\x00" + struct.pack("<1000Q", *range(1000)))


@pytest.mark.integration
def test_each_block_of_a_long_result_has_its_head(ask: Ask) -> None:
    query = "SELECT number FROM numbers(300000) FORMAT Native"
    url = {"client_protocol_version": PYTHON_CLIENT_VERSION, "max_block_size": "50000"}
    plain, framed = ask(query, url={"max_block_size": "50000"}).body, ask(query, url=url).body
    assert (len(framed) - len(plain)) / len(BLOCK_INFO) == plain.count(b"\x06number\x06UInt64")
    assert framed == reframe(plain, int(PYTHON_CLIENT_VERSION))


@pytest.mark.integration
@pytest.mark.parametrize("statement", ["SHOW DATABASES", "DESCRIBE TABLE system.one"])
def test_other_statements_are_framed_too(ask: Ask, statement: str) -> None:
    url = {"default_format": "Native", "client_protocol_version": GO_CLIENT_VERSION}
    assert ask(statement, url=url).body.startswith(BLOCK_INFO)


@pytest.mark.integration
def test_answers_and_bodies_may_be_in_compressed_blocks(ask: Ask, database: str) -> None:
    ask(f"CREATE TABLE {database}.t (number UInt64) ENGINE = MergeTree ORDER BY number")
    framed = ask("SELECT number FROM numbers(400000) FORMAT Native", url={"compress": "1"}).body
    query = f"INSERT INTO {database}.t FORMAT Native"
    assert ask(framed, url={"query": query, "decompress": "1"}).status == 200
    assert ask(f"SELECT sum(number) FROM {database}.t").text == f"{200_000 * 399_999}\n"


@pytest.mark.integration
def test_a_broken_compressed_body_is_an_error_and_writes_nothing(ask: Ask, database: str) -> None:
    ask(f"CREATE TABLE {database}.t (a UInt8) ENGINE = Memory")
    url = {"query": f"INSERT INTO {database}.t FORMAT TSV", "decompress": "1"}
    whole = Framer().compress(b"1\n2\n")
    for body in (whole[:-1], b"x" * 40):
        assert ask(body, url=url).headers["X-ClickHouse-Exception-Code"] == "271"
    assert ask(f"SELECT count() FROM {database}.t").text == "0\n"


def test_the_checksum_is_clickhouses_city_hash() -> None:
    """Values of the C++ implementation of version 1.0.2."""
    assert city_hash_128(b"0123456789").hex() == "a5ffae71beb471c9a93d28d564829926"
    assert city_hash_128(bytes(range(100))).hex() == "d489710a51d96a83f90e6d0bf9fdd592"
    assert city_hash_128(bytes(range(256)) * 4).hex() == "2634f66b51478236dd2fa9dc1921d869"


@pytest.mark.parametrize("size", [1, 100, 3_000_000])
def test_blocks_can_be_cut_anywhere(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    framed, unframer = Framer().compress(data), Unframer()
    step = max(1, len(framed) // 7)
    pieces = [framed[at : at + step] for at in range(0, len(framed), step)]
    assert b"".join(unframer.decompress(piece) for piece in pieces) == data
    unframer.finish()


def test_a_type_that_cannot_be_walked_is_named() -> None:
    block = b"\x01\x01\x01v\x07Dynamic" + bytes(20)
    with pytest.raises(QueryError, match="type Dynamic cannot be sent"):
        reframe(block, 54460)

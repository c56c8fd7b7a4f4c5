"""What a full disk has broken under chDB is mended while it can be."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.server import repair
from infra.local.server.engine import Engine
from infra.local.server.errors import QueryError
from infra.local.server.repair import Repair
from infra.local.warehouse import Credentials, Warehouse
from tests.infra.local.conftest import Reply, request, warehouse

pytestmark = pytest.mark.integration
ROWS = 2_000
SUM = "SELECT count(), sum(number), sum(length(words)) FROM kept"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A ClickHouse of these tests: what is broken here is nobody else's."""
    with warehouse(
        tmp_path_factory.mktemp("full disk"), Credentials("default", "", "reader", "")
    ) as running:
        yield running


def ask(own: Warehouse, sql: str) -> Reply:
    return request(own.address.port, body=sql)


@pytest.fixture
def merged(own: Warehouse) -> Iterator[Path]:
    """A table of two inserts; the folder of the part that they were merged to."""
    ask(own, "CREATE TABLE kept (number UInt64, words String) ENGINE = MergeTree ORDER BY number")
    for _ in range(2):
        ask(own, f"INSERT INTO kept SELECT number, 'words' FROM numbers({ROWS})")
    assert ask(own, "OPTIMIZE TABLE kept FINAL").status == 200
    asked = ask(own, "SELECT path FROM system.parts WHERE table = 'kept' AND active")
    (path,) = asked.text.splitlines()
    yield Path(path)
    assert ask(own, "DROP TABLE kept SYNC").status == 200


def break_as_a_full_disk_does(own: Warehouse, part: Path) -> None:
    """Empty the marks of a part that is committed, as chDB leaves them."""
    (marks,) = part.glob("*.cmrk*")
    marks.write_bytes(b"")
    assert ask(own, "SYSTEM DROP MARK CACHE").status == 200


def test_a_query_that_meets_a_broken_part_is_answered_from_those_it_was_merged_from(
    own: Warehouse, merged: Path
) -> None:
    whole = ask(own, SUM).text
    assert whole == f"{2 * ROWS}\t{ROWS * (ROWS - 1)}\t{2 * ROWS * 5}\n"
    break_as_a_full_disk_does(own, merged)

    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda _: ask(own, SUM), range(8)))

    assert [(one.status, one.text) for one in replies] == [(200, whole)] * 8
    set_aside = ask(own, "SELECT reason FROM system.detached_parts WHERE table = 'kept'").text
    assert set_aside == "broken-on-start\n"


def inserts_on_a_disk_with_little_room(folder: Path) -> tuple[list[int], list[bytes]]:
    """Of some inserts the codes of their errors, and how many rows there are after each.

    One whose part comes out broken; a whole one; one whose broken part is met by another insert
    that ends before it.
    """
    repair._LOW_BYTES = sys.maxsize
    engine = Engine(folder / "data", folder / "log")
    session = engine.connect({})
    session.run("CREATE TABLE kept (number UInt64) ENGINE = MergeTree ORDER BY number", "Null")

    def write() -> None:
        session.run(f"INSERT INTO kept SELECT number FROM numbers({ROWS})", "Null")

    def write_broken() -> None:
        write()
        (marks,) = folder.glob("data/store/*/*/all_*/*.cmrk*")
        marks.write_bytes(b"")

    def rows() -> bytes:
        return session.run("SELECT count() FROM kept", "TSV").data

    guarded = Repair(engine)
    codes: list[int] = []
    found: list[bytes] = []

    def insert(one: Callable[[], None]) -> None:
        try:
            guarded.insert(one)
            codes.append(0)
        except QueryError as error:
            codes.append(error.code)

    def write_broken_beside_another() -> None:
        write()
        newest = max(
            folder.glob("data/store/*/*/all_*/*.cmrk*"), key=lambda file: file.stat().st_mtime
        )
        newest.write_bytes(b"")
        insert(lambda: None)

    for one in (write_broken, write, write_broken_beside_another):
        insert(one)
        found.append(rows())
    session.close()
    engine.close()
    return codes, found


def test_an_insert_whose_part_cannot_be_read_has_failed_and_left_nothing(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as elsewhere:  # chDB moves its process
        told = elsewhere.apply(inserts_on_a_disk_with_little_room, (tmp_path,))

    whole = b"%d\n" % ROWS
    # The third: the other insert drops the part, and both have failed.
    assert told == ([243, 0, 243, 243], [b"0\n", whole, whole])

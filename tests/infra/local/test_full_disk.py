"""What a full disk has broken under chDB is mended while it can be."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

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

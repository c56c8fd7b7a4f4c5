"""Dead letters in the tables, on a real ClickHouse engine and a database of its own."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from infra.clickhouse import letters, runs
from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.letters import LetterFilter
from infra.clickhouse.migrations import migrate
from millrace.settings import Settings
from schemas.version import document_version
from streams.sink import columns
from streams.sink.columns import Row
from tests.streams.tables_behaviour import NOON, document, letter, tombstone, unique

pytestmark = pytest.mark.integration
BROKEN = bytes(range(256))
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def whole(settings: Settings) -> Iterator[Client]:
    server = ClickHouse(settings.clickhouse_url, unique("letters").replace("-", "_"))
    migrate(server)
    client = Client(server)
    yield client
    client.command(f"DROP DATABASE {server.database} SYNC")
    client.close()


@pytest.fixture
def client(whole: Client) -> Iterator[Client]:
    yield whole
    for table in ("documents", "dead_letters"):
        whole.command(f"TRUNCATE TABLE {table}")


def of_text(at: datetime, offset: int = 0) -> int:
    """The version of a text that was ingested then."""
    return document_version(at, offset, 0, "0")


def written(client: Client, letter_id: str, **changes: object) -> None:
    """Write a letter about document ``a`` whose text came at noon."""
    named = dict(zip(columns.DEAD_LETTERS, letter(letter_id), strict=True))
    row: Row = tuple((named | {"text_version": of_text(NOON)} | changes).values())
    client.insert("dead_letters", columns.DEAD_LETTERS, [row])


def extracted(client: Client, at: datetime, **changes: object) -> None:
    """Write the row of document ``a`` of a text that came then."""
    row = document("a", of_text(at), ingested_at=at, **changes)
    client.insert("documents", columns.DOCUMENTS, [row])


def chosen(client: Client, **wanted: object) -> list[str]:
    found = letters.newest(client, LetterFilter(**wanted), 100)  # type: ignore[arg-type]
    return sorted(one["letter_id"] for one in found)


class TestChoosing:
    @pytest.mark.parametrize(
        ("wanted", "other"),
        [
            ({"stage": "sink"}, {"stage": "sink"}),
            ({"kind": "it's"}, {"kind": "it's"}),
            ({"run": ""}, {"run_id": ""}),
            ({"document": "'; --"}, {"document_id": "'; --"}),
            ({"topic": "extraction.detail"}, {"source_topic": "extraction.detail"}),
            ({"contains": "LINE {x:String}"}, {"message": "at line {x:string} of it"}),
            ({"since": NOON + HOUR}, {"failed_at": NOON + HOUR}),
            ({"until": NOON}, {"failed_at": NOON - timedelta(milliseconds=1)}),
            ({"redriven": True}, {"redriven_at": NOON}),
        ],
    )
    def test_a_filter_finds_what_meets_it(
        self, client: Client, wanted: dict[str, object], other: dict[str, object]
    ) -> None:
        written(client, "usual")
        written(client, "other", **other)

        assert chosen(client, **wanted) == ["other"]
        assert chosen(client) == ["other", "usual"]

    def test_they_come_newest_first_and_are_counted_in_all(self, client: Client) -> None:
        for number in range(3):
            written(client, f"l{number}", failed_at=NOON + number * HOUR)

        found = letters.newest(client, LetterFilter(), 2)

        assert [one["letter_id"] for one in found] == ["l2", "l1"]
        assert letters.count(client, LetterFilter()) == 3

    def test_only_the_last_attempt_of_a_letter_is_chosen(self, client: Client) -> None:
        written(client, "again", attempt=1, kind="unexpected")
        written(client, "again", attempt=2, kind="malformed")

        assert chosen(client, kind="unexpected") == []
        assert chosen(client, kind="malformed") == ["again"]

    def test_stats_tell_first_last_and_redriven_of_each_stage_kind_and_run(
        self, client: Client
    ) -> None:
        written(client, "one")
        written(client, "two", failed_at=NOON + HOUR, redriven_at=NOON + HOUR)
        written(client, "three", stage="sink")

        first, second = letters.stats(client, LetterFilter())

        assert first == {
            "stage": "ner", "kind": "malformed", "run_id": "live", "letters": 2, "redriven": 1,
            "first": NOON, "last": NOON + HOUR,
        }  # fmt: skip
        assert (second["stage"], second["letters"]) == ("sink", 1)


class TestContents:
    def test_every_byte_comes_back(self, client: Client) -> None:
        headers = [(b"x", None), (b"x", BROKEN), (b"x", b""), ("é".encode(), b"1")]
        written(client, "raw", key=BROKEN, value=BROKEN[::-1], headers=headers, document_id="é")

        found = letters.find(client, "raw")

        assert found is not None
        assert (found.key, found.value) == (BROKEN, BROKEN[::-1])
        assert found.headers == (("x", None), ("x", BROKEN), ("x", b""), ("é", b"1"))
        assert (found.document_id, found.message) == ("é", "not JSON at byte 0")
        assert found.place.timestamp_ms == NOON.timestamp() * 1000

    def test_what_was_not_there_is_none(self, client: Client) -> None:
        written(client, "nothing", key=None, value=None)
        written(client, "empty", key=b"", value=b"")

        nothing, empty = letters.find(client, "nothing"), letters.find(client, "empty")

        assert nothing is not None
        assert (nothing.key, nothing.value) == (None, None)
        assert empty is not None
        assert (empty.key, empty.value) == (b"", b"")
        assert letters.find(client, "nowhere") is None

    def test_names_are_in_the_order_of_texts_and_lead_to_contents(self, client: Client) -> None:
        for number in (2, 0, 1):
            written(client, f"l{number}", text_version=of_text(NOON + number * HOUR))

        named = letters.names(client, LetterFilter())

        assert [one.letter_id for one in named] == ["l0", "l1", "l2"]
        assert [one.letter_id for one in letters.contents(client, named)] == ["l0", "l1", "l2"]


class TestMarking:
    def test_a_marked_letter_keeps_all_else(self, client: Client) -> None:
        written(client, "raw", key=BROKEN, value=BROKEN, headers=[(b"x", BROKEN), (b"y", None)])
        before = letters.find(client, "raw")
        assert before is not None

        letters.mark_redriven(client, [before], NOON + HOUR)

        after = letters.find(client, "raw")
        assert after is not None
        assert after.redriven_at == NOON + HOUR
        assert (after.key, after.value, after.headers) == (before.key, before.value, before.headers)
        assert after.text_version == before.text_version

    def test_one_that_failed_again_meanwhile_is_not_marked(self, client: Client) -> None:
        written(client, "again")
        sent = letters.find(client, "again")
        assert sent is not None
        written(client, "again", attempt=2)

        letters.mark_redriven(client, [sent], NOON)

        found = letters.find(client, "again")
        assert found is not None
        assert (found.attempt, found.redriven_at) == (2, None)

    def test_a_dropped_letter_is_gone_with_all_its_attempts(self, client: Client) -> None:
        written(client, "gone", attempt=1)
        written(client, "gone", attempt=2)
        written(client, "kept")

        letters.drop(client, [one for one in letters.names(client, LetterFilter())
                              if one.letter_id == "gone"])  # fmt: skip

        assert chosen(client) == ["kept"]


def findings(client: Client) -> list[tuple[str, str, str]]:
    rows = client.query("SELECT * FROM current_findings WHERE document_id = 'a' ORDER BY rule")
    return [(row["finding_id"], row["rule"], row["status"]) for row in rows]


class TestTheFinding:
    def test_a_document_without_a_row_has_it(self, client: Client) -> None:
        written(client, "l", run_id="", kind="unknown_profile", message="profile: not known")

        (row,) = client.query("SELECT * FROM current_findings")

        assert row == {
            "run_id": "live", "document_id": "a", "revision": "", "status": "dead_lettered",
            "observed_at": NOON, "finding_id": "l", "subject_id": "a", "rule": "unknown_profile",
            "severity": "error", "message": "profile: not known",
        }  # fmt: skip
        assert told(client) == "l"

    def test_the_older_extraction_keeps_its_own(self, client: Client) -> None:
        found = {
            "findings.finding_id": ["f"], "findings.subject_id": ["a"],
            "findings.rule": ["entity_limit"], "findings.severity": ["warning"],
            "findings.message": ["some"],
        }  # fmt: skip
        extracted(client, NOON - HOUR, **found)
        written(client, "l")

        assert findings(client) == [
            ("f", "entity_limit", "validated"), ("l", "malformed", "dead_lettered"),
        ]  # fmt: skip

    @pytest.mark.parametrize("after", [timedelta(0), timedelta(milliseconds=1), HOUR])
    def test_a_text_that_got_through_or_was_replaced_has_none(
        self, client: Client, after: timedelta
    ) -> None:
        written(client, "l")
        extracted(client, NOON + after)

        assert findings(client) == []
        assert told(client) is None

    def test_of_one_moment_the_offset_decides(self, client: Client) -> None:
        written(client, "l", text_version=of_text(NOON, 7))
        extracted(client, NOON)

        assert [one[0] for one in findings(client)] == ["l"]

    def test_another_pass_over_the_same_text_is_no_newer_text(self, client: Client) -> None:
        extracted(client, NOON)
        written(client, "l", text_version=document_version(NOON, 0, 1_700_000_000, "0"))

        assert findings(client) == []

    def test_the_newest_letter_of_several_is_shown(self, client: Client) -> None:
        for number in (1, 2, 0):
            written(client, f"l{number}", text_version=of_text(NOON + number * HOUR))

        assert [one[0] for one in findings(client)] == ["l2"]
        assert told(client) == "l2"

    def test_a_document_that_was_deleted_since_has_none(self, client: Client) -> None:
        written(client, "l")
        gone = tombstone("a", of_text(NOON + HOUR))
        client.insert("documents", columns.DOCUMENTS, [gone])

        assert findings(client) == []
        assert told(client) is None

    def test_letters_of_another_run_are_not_shown(self, client: Client) -> None:
        written(client, "l", run_id="other")

        assert findings(client) == []
        assert told(client) is None
        assert told(client, "other") == "l"

    def test_it_is_of_the_promoted_run(self, client: Client) -> None:
        written(client, "l", run_id="")
        extracted(client, NOON + HOUR)
        runs.append_promotion(client, "second")
        try:
            (row,) = client.query("SELECT run_id, finding_id FROM current_findings")
        finally:
            runs.append_promotion(client, "live")

        assert row == {"run_id": "second", "finding_id": "l"}

    @pytest.mark.parametrize("topic", ["inference.calls", "dead-letters"])
    def test_a_refused_call_is_no_text(self, client: Client, topic: str) -> None:
        written(client, "l", source_topic=topic)

        assert findings(client) == []
        assert told(client) is None

    def test_a_letter_that_names_no_document_has_none(self, client: Client) -> None:
        written(client, "l", document_id="")

        assert client.query("SELECT * FROM current_findings") == []


def told(client: Client, run: str | None = None) -> str | None:
    found = letters.letter_of_newest_text(client, "a", run)
    return None if found is None else str(found["letter_id"])


def test_letters_of_before_have_the_time_of_their_failure(client: Client) -> None:
    names = columns.DEAD_LETTERS[:-1]
    client.insert("dead_letters", names, [letter("old")[:-1]])

    found = letters.find(client, "old")

    assert found is not None
    assert found.text_version == of_text(NOON)

"""The command on a running stack: every group of it, as a user types it."""

import asyncio
import json
import re
from pathlib import Path
from uuid import uuid4

import pytest

from infra.clickhouse import queries
from millrace import wiring
from millrace.settings import Settings
from processors.profile_loading import BUNDLED_PROFILES
from schemas import topics
from schemas.record import Outgoing
from streams.broker.outbox import Outbox
from tests.command import elsewhere, eventually, millrace, processes_of_stages
from tests.flow import TEXT
from tests.integration.conftest import Pipeline

pytestmark = pytest.mark.integration
MEANTIME = Path(__file__).resolve().parents[3] / "shared/data/gold/meantime_en.jsonl"


def unique(name: str) -> str:
    return f"{name}-{uuid4().hex[:12]}"


def line(document_id: str, text: str = TEXT, **fields: object) -> str:
    return json.dumps({"id": document_id, "text": text, "profile": "news", **fields}) + "\n"


def send(settings: Settings, *records: Outgoing) -> None:
    async def sending() -> None:
        outbox = Outbox(wiring.broker(settings))
        async with outbox:
            await outbox.send(records)

    asyncio.run(sending())


@pytest.fixture(scope="module", autouse=True)
def joined(pipeline: Pipeline) -> None:
    """Every stage is run by one process."""
    eventually(lambda: set(processes_of_stages().values()) == {1}, "each stage joins its group")


class TestUpAndStatus:
    def test_up_a_second_time_changes_nothing(self, settings: Settings) -> None:
        before = millrace("status", "--json").json()["services"]

        again = millrace("up")

        assert again.status == 0
        assert settings.kafka_bootstrap in again.out
        after = millrace("status", "--json").json()["services"]
        assert [one["pid"] for one in after] == [one["pid"] for one in before]

    def test_status_shows_services_stages_and_topics_in_full(self, pipeline: Pipeline) -> None:
        ended = millrace("status", environment={"COLUMNS": "60"})

        assert ended.status == 0
        assert ended.err == ""
        for shown in (
            pipeline.settings.kafka_bootstrap,
            pipeline.settings.clickhouse_url.removeprefix("http://"),
            str(pipeline.settings.home / "logs" / "kafka.log"),
            "inference.standard.relationship",
            "sink",
        ):
            assert shown in ended.out

    def test_status_as_json_tells_processes_and_lag_of_every_stage(
        self, pipeline: Pipeline
    ) -> None:
        found = millrace("status", "--json").json()

        assert [(one["name"], one["state"]) for one in found["services"]] == [
            ("kafka", "running"),
            ("clickhouse", "running"),
        ]
        assert found["problems"] == []
        stages = {one["stage"]: one for one in found["stages"]}
        assert list(stages) == [stage.name for stage in wiring.stages(pipeline.settings)]
        for stage in stages.values():
            assert stage["processes"] == 1
            assert stage["lag"] == sum(topic["lag"] for topic in stage["topics"])
            assert all(topic["lag"] <= topic["records"] for topic in stage["topics"])


@pytest.fixture
def strange_profile(tmp_path: Path) -> dict[str, str]:
    """The environment of a producer who knows a profile, "strange", that the stages do not."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    bundled = BUNDLED_PROFILES / "neutral.toml"
    content = bundled.read_text("utf-8").replace('name = "neutral"', 'name = "strange"')
    (folder / "strange.toml").write_text(content, "utf-8")
    return {"MILLRACE_PROFILES": str(folder)}


class TestProduce:
    def test_what_became_of_every_document_adds_up(
        self, pipeline: Pipeline, tmp_path: Path, strange_profile: dict[str, str]
    ) -> None:
        twice, unknown = unique("twice"), unique("unknown")
        file = tmp_path / "documents.jsonl"
        file.write_text(line(twice) + line(unknown, profile="strange") + line(unique("one")))
        (tmp_path / "plain.txt").write_text(f"{TEXT} {uuid4().hex}")

        report = millrace(
            "produce", str(file), str(tmp_path / "plain.txt"), "-", "--wait", "--json",
            given=line(twice, text=f"{TEXT} Once more."), environment=strange_profile,
        ).json()  # fmt: skip

        assert report["produced"] == 5
        assert report["dead_lettered"] == 1
        assert report["replaced"] == 1
        assert report["validated"] + report["review"] == 3
        assert report["refused"] == []

    def test_without_json_it_says_the_same_in_words(self, pipeline: Pipeline) -> None:
        ended = millrace("produce", "-", "--wait", given=line(unique("word")))

        assert ended.status == 0
        assert ended.out.startswith("1 document produced in ")
        assert "1 validated, 0 for review, 0 dead-lettered, 0 replaced" in ended.out
        assert ended.err == ""

    def test_a_refused_line_is_named_and_the_rest_is_sent(
        self, pipeline: Pipeline, tmp_path: Path
    ) -> None:
        first, last = unique("first"), unique("last")
        file = tmp_path / "mixed.jsonl"
        file.write_text(f"{line(first)}{{broken\n{line(unique('blank'), text=' ')}{line(last)}")

        ended = millrace("produce", str(file), "--wait")

        assert ended.status == 1
        assert f"{file}:2: not JSON" in ended.err
        assert f"{file}:3: text: empty or white space alone" in ended.err
        assert "2 documents produced, 2 refused (1 malformed, 1 empty)" in ended.out
        assert queries.present(pipeline.client, [first, last]) == 2

    def test_articles_of_another_shape_are_read_by_their_fields(self, pipeline: Pipeline) -> None:
        assert MEANTIME.exists(), f"{MEANTIME} is missing: put the MEANTIME corpus there"
        ids = [json.loads(record)["doc_id"] for record in MEANTIME.read_text().splitlines()]

        report = millrace(
            "produce", str(MEANTIME), "--field", "id=doc_id", "--field", "source=url",
            "--profile", "news", "--wait", "--json",
        ).json()  # fmt: skip

        assert report["produced"] == len(ids) == 60
        assert report["left_out"]["mentions"] == 60
        assert report["validated"] + report["review"] == 60
        assert queries.present(pipeline.client, ids) == 60


@pytest.fixture(scope="module")
def document_id(pipeline: Pipeline) -> str:
    """A document that is there, with a title that would be markup to a careless page."""
    identity = unique("shown")
    ended = millrace("produce", "-", "--wait", given=line(identity, title="<b>Bold</b> & [red]"))
    assert ended.status == 0
    return identity


class TestShow:
    def test_the_text_has_its_events_in_place(self, document_id: str) -> None:
        ended = millrace("show", document_id)

        assert ended.status == 0
        assert "<b>Bold</b> & [red]" in ended.out
        assert "Acme[buyer] bought[purchase] Widget Ltd[object]" in ended.out
        assert re.search(r"personnel +resigned 62–70 +person: Its founder +2024-03-04", ended.out)
        assert re.search(r"bought +precedes +resigned +a day later", ended.out)

    def test_as_json_it_is_the_whole_extraction(self, document_id: str) -> None:
        found = millrace("show", document_id, "--json").json()

        assert found["document_id"] == document_id
        assert found["text"] == TEXT
        assert [event["kind"] for event in found["events"]] == ["purchase", "personnel"]
        for event in found["events"]:
            assert TEXT[event["span_start"] : event["span_end"]] == event["trigger"]
        assert found["events"][0]["time_start"] == "2024-03-03T00:00:00+00:00"
        assert {argument["role"] for argument in found["arguments"]} == {
            "buyer", "object", "person",
        }  # fmt: skip

    def test_as_a_page_it_is_one_file_with_everything_escaped(
        self, document_id: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "page.html"

        ended = millrace("show", document_id, "--html", str(file))

        page = file.read_text("utf-8")
        assert ended.status == 0
        assert "&lt;b&gt;Bold&lt;/b&gt; &amp; [red]" in page
        assert "<b>Bold" not in page
        assert not re.search(r"https?://|<script|<link|<img", page)

    def test_an_unknown_document_is_an_error_of_one_line(self, pipeline: Pipeline) -> None:
        ended = millrace("show", "never-produced")

        assert ended.status == 1
        assert ended.out == ""
        assert ended.err == (
            "millrace: no document 'never-produced': not produced, deleted, or still on its way\n"
        )

    def test_a_dead_lettered_document_is_shown_with_the_reason(
        self, pipeline: Pipeline, strange_profile: dict[str, str]
    ) -> None:
        document_id = unique("dead")
        given = line(document_id, profile="strange")
        millrace("produce", "-", "--wait", given=given, environment=strange_profile)

        ended = millrace("show", document_id)

        assert ended.status == 1
        assert ended.err.startswith(
            f"millrace: document '{document_id}' was dead-lettered by ner (unknown_profile): "
        )


def test_an_unknown_stage_is_wrong_usage(settings: Settings) -> None:
    ended = millrace("run", "nope")

    assert ended.status == 2
    assert "no stage 'nope'; there are ner, summary, inference" in ended.err


def test_a_null_value_deletes_the_document_from_all_views(pipeline: Pipeline) -> None:
    document_id = unique("deleted")
    assert millrace("produce", "-", "--wait", given=line(document_id)).status == 0
    views = ["documents", "entities", "events", "arguments", "relationships"]

    def counts() -> dict[str, int]:
        return {
            view: len(
                pipeline.client.query(
                    f"SELECT 1 FROM current_{view} WHERE document_id = {{id:String}}",
                    {"id": document_id},
                )
            )
            for view in views
        }

    assert min(counts().values()) > 0

    send(pipeline.settings, Outgoing(topics.DOCUMENTS_INGEST, document_id.encode(), None))

    eventually(lambda: not any(counts().values()), "the document disappears")
    assert millrace("show", document_id).status == 1


class TestNothingRuns:
    @pytest.mark.parametrize(
        "arguments", [("produce", "-"), ("run",), ("run", "ner")], ids=lambda one: " ".join(one)
    )
    def test_kafka_away_is_status_3_with_the_command_that_starts_it(
        self, arguments: tuple[str, ...], tmp_path: Path
    ) -> None:
        environment = elsewhere(tmp_path)

        ended = millrace(*arguments, given=line("a"), environment=environment)

        address = environment["MILLRACE_KAFKA_BOOTSTRAP"]
        assert ended.status == 3
        assert ended.err == (
            f"millrace: Kafka does not answer at {address}: start it with `millrace up`, "
            "or set MILLRACE_KAFKA_BOOTSTRAP\n"
        )

    def test_clickhouse_away_is_status_3_with_the_command_that_starts_it(
        self, tmp_path: Path
    ) -> None:
        environment = elsewhere(tmp_path)

        ended = millrace("show", "a", environment=environment)

        assert ended.status == 3
        assert ended.err == (
            f"millrace: ClickHouse does not answer at {environment['MILLRACE_CLICKHOUSE_URL']}: "
            "start it with `millrace up`, or set MILLRACE_CLICKHOUSE_URL\n"
        )

    def test_status_says_so_and_ends_with_3(self, tmp_path: Path) -> None:
        ended = millrace("status", environment=elsewhere(tmp_path))

        assert ended.status == 3
        assert ended.out.count("stopped") == 2

    def test_down_has_nothing_to_do(self, tmp_path: Path) -> None:
        assert millrace("down", environment=elsewhere(tmp_path)).status == 0

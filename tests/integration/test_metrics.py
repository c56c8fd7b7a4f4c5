"""The metrics of real processes: filled, bounded, quick, and right about what is behind."""

import re
import socket
import time
from collections.abc import Iterator
from statistics import median
from typing import get_args

import pytest
from prometheus_client.samples import Sample

from infra.local.addresses import free_port
from schemas import metrics
from schemas.completion import Outcome
from schemas.errors import REFUSAL_KINDS
from schemas.metrics import METRICS
from schemas.record import Outgoing
from schemas.topics import LEVELS
from streams.topology import topic_names, topology
from tests.command import eventually, millrace
from tests.flow import TEXT, ingest_json
from tests.integration.private_stack import PrivateStack, private_stack
from tests.metrics_pages import page, samples, text, value

pytestmark = pytest.mark.integration
HOST = "127.0.0.1"
OTHERS = ("ner", "summary", "detail", "relationship", "validation", "inference")
STAGES = topology(("standard",))
SCRAPE_S = 0.050
# Of calls that the rules answer: they count no tokens, cost nothing and do not fail.
NEEDS_A_MODEL = {
    metrics.RETRIES, metrics.TOKENS, metrics.COST, metrics.ENGINE_FAILURES, metrics.BREAKER_OPEN,
    metrics.FIRST_TOKEN_SECONDS, metrics.CALL_TOKENS,
}  # fmt: skip
NEEDS_AN_OUTAGE = {metrics.SINK_FAILURES}


@pytest.fixture(scope="module")
def port() -> int:
    """The first of three free ports that follow each other."""
    while True:
        found = free_port(HOST)
        if found < 65_000 and all(is_free(found + number) for number in (1, 2)):
            return found


def is_free(port: int) -> bool:
    with socket.socket() as client:
        return bool(client.connect_ex((HOST, port)))


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[PrivateStack]:
    """All stages but the sink, in three processes, after some documents and a bad one."""
    with (
        private_stack(tmp_path_factory.mktemp("watched") / "home") as flow,
        flow.running(*OTHERS, MILLRACE_METRICS_PORT=str(port)),
    ):
        yield flow


@pytest.fixture(scope="module")
def filled(flow: PrivateStack, port: int) -> list[Sample]:
    """What all processes tell once some documents and a bad one have gone through."""
    with flow.running("sink"):
        flow.send([*documents("first", 3), Outgoing("documents.ingest", b"bad", b"{")])
        flow.settle()
        watched = f"{HOST}:{port}"
        eventually(
            lambda: value(samples(watched), "millrace_stage_members", {"stage": "sink"}) == 1,
            "the groups were looked at",
        )
        sink = flow.target("sink")
        assert sink is not None
        eventually(lambda: ready(sink.address), "the sink is ready")
        return [one for address in (*addresses(port), sink.address) for one in samples(address)]


def addresses(port: int) -> list[str]:
    """Of ner, the stages behind it, and inference."""
    return [f"{HOST}:{port + number}" for number in range(3)]


def documents(batch: str, count: int) -> list[Outgoing]:
    return [ingest_json(f"{batch}-{number}", f"{TEXT} Lot {number}.") for number in range(count)]


def ready(address: str) -> bool:
    return page(address, "/readyz")[0] == 200


class TestEveryMetric:
    def test_is_filled_by_documents_that_went_through(self, filled: list[Sample]) -> None:
        names = {one.name for one in filled}
        empty = {metric for metric in METRICS if not names & {metric.name, f"{metric.name}_count"}}

        assert {one.name for one in empty} == {one.name for one in NEEDS_A_MODEL | NEEDS_AN_OUTAGE}

    @pytest.mark.parametrize(
        ("name", "labels", "wanted"),
        [
            ("millrace_records_total", {"stage": "ner", "outcome": "continued"}, 3),
            ("millrace_records_total", {"stage": "ner", "outcome": "dead_lettered"}, 1),
            ("millrace_dead_letters_total", {"stage": "ner", "kind": "malformed"}, 1),
            ("millrace_records_total", {"stage": "validation"}, 3),
            ("millrace_stage_seconds_count", {"stage": "inference"}, 9),
            ("millrace_inference_calls_total", {"level": "summary", "answered_by": "engine"}, 3),
            ("millrace_inference_queue_seconds_count", {"level": "summary"}, 3),
            ("millrace_sink_rows_total", {"table": "documents"}, 3),
            ("millrace_sink_rows_total", {"table": "dead_letters"}, 1),
            ("millrace_end_to_end_seconds_count", {}, 3),
        ],
    )
    def test_counts_what_happened(
        self, filled: list[Sample], name: str, labels: dict[str, str], wanted: float
    ) -> None:
        assert value(filled, name, labels) == wanted

    def test_measures_in_its_unit(self, filled: list[Sample]) -> None:
        way = value(filled, "millrace_end_to_end_seconds_sum", {}) or 0
        assert 0.1 < way / 3 < 60
        spent = value(filled, "millrace_stage_seconds_sum", {"stage": "ner"}) or 0
        assert 0 < spent < 5

    def test_has_labels_that_are_bounded_by_what_is_deployed(self, filled: list[Sample]) -> None:
        allowed: dict[str, set[str]] = {
            "stage": {stage.name for stage in STAGES},
            "topic": set(topic_names(STAGES)),
            "outcome": {"continued", "review", "dead_lettered", *get_args(Outcome)} | {"completed"},
            "kind": set(REFUSAL_KINDS),
            "tier": {"standard"},
            "level": set(LEVELS),
            "answered_by": {"engine", "cache"},
            "table": {"documents", "inference_calls", "dead_letters", "runs"},
            "status": {"validated", "review"},
            "gen_ai_operation_name": {"chat"},
            "gen_ai_provider_name": {"local"},
            "gen_ai_request_model": {"lexical"},
        }
        found = {
            (name, label)
            for one in filled
            if one.name.startswith(("millrace_", "gen_ai_"))
            for name, label in one.labels.items()
            if name != "le"
        }

        assert {(name, label) for name, label in found if label not in allowed[name]} == set()


class TestProcesses:
    def test_serve_at_the_port_that_is_set_and_the_next(
        self, flow: PrivateStack, port: int
    ) -> None:
        for address, stage in zip(addresses(port), ("ner", "summary", "inference"), strict=True):
            eventually(lambda at=address: ready(at), "it is ready")  # type: ignore[misc]
            assert value(samples(address), "millrace_stage_ready", {"stage": stage}) == 1

    def test_end_with_one_line_where_the_port_is_in_use(self, flow: PrivateStack) -> None:
        with socket.create_server((HOST, 0)) as taken:
            port = taken.getsockname()[1]
            ended = millrace(
                "run",
                "sink",
                environment={**flow.environment, "MILLRACE_METRICS_PORT": str(port)},
            )

        assert ended.status != 0
        said = [line for line in ended.err.splitlines() if "metrics cannot be served" in line]
        assert len(said) == 1, ended.err
        assert re.search(rf"{HOST}:{port} \(Address already in use\)", ended.err)
        assert "Traceback" not in ended.err

    def test_answer_quickly_under_load(self, flow: PrivateStack, port: int) -> None:
        flow.send(documents("load", 200))
        spent = []
        for _ in range(15):
            began = time.perf_counter()
            assert text(f"{HOST}:{port + 2}")[0] == 200
            spent.append(time.perf_counter() - began)

        assert median(spent) < SCRAPE_S


class TestAStageThatNobodyRuns:
    def test_is_seen_by_the_others_with_what_waits_for_it(
        self, flow: PrivateStack, port: int
    ) -> None:
        """With members 0, lag and an age that grow; and back to 0 once it runs again."""
        watched = f"{HOST}:{port}"

        def of_sink(name: str) -> float:
            found = samples(watched)
            topic = {"topic": "extractions.validated"} if name != "stage_members" else {}
            return value(found, f"millrace_{name}", {"stage": "sink", **topic}) or 0.0

        flow.send(documents("waiting", 2))
        eventually(lambda: of_sink("lag_records") >= 2, "it is behind", 60)
        age = of_sink("oldest_unprocessed_seconds")
        assert age > 0
        eventually(lambda: of_sink("oldest_unprocessed_seconds") > age, "its oldest ages", 60)
        eventually(lambda: of_sink("stage_members") == 0, "its member is gone", 60)
        with flow.running("sink"):
            eventually(lambda: of_sink("stage_members") == 1, "it is a member again", 60)
            eventually(lambda: of_sink("lag_records") == 0, "it is not behind any more", 60)
            assert of_sink("oldest_unprocessed_seconds") == 0
            assert flow.target("sink") is not None
        assert flow.target("sink") is None, "it takes its announcement with it"

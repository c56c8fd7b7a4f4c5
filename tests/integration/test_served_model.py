"""The whole pipeline with models behind servers: their answers, and what goes wrong with them."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from schemas.extraction import Extraction
from schemas.record import Outgoing
from tests.command import eventually, millrace
from tests.flow import memory_flow
from tests.integration.served_flow import (
    IN_FLIGHT,
    LARGE,
    PRICES,
    SMALL,
    Run,
    ServedFlow,
    served_flow,
)
from tests.model_answers import after
from tests.streams.inference.serving.model_server import fails

pytestmark = pytest.mark.integration
# What a server of models says of each call: see model_server.usage.
PROMPT_TOKENS, CACHED_TOKENS, COMPLETION_TOKENS = 812, 640, 9
TOO_LONG = fails(400, code="context_length_exceeded")


@pytest.fixture(scope="module")
def flow() -> Iterator[ServedFlow]:
    folder = Path(tempfile.mkdtemp(prefix="millrace served "))
    with served_flow(folder / "home") as made:
        yield made
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _only_what_was_rehearsed(flow: ServedFlow) -> Iterator[None]:
    yield
    assert flow.small.unknown == []
    assert flow.large.unknown == []


@pytest.fixture(scope="class")
def consumer(flow: ServedFlow) -> Iterator[Run]:
    """One inference consumer for the tests of a class."""
    with flow.inference() as run:
        yield run


def unique() -> str:
    """The name of a batch, without a word that could tell of an event."""
    return uuid4().hex[:8]


def by_rules(documents: Mapping[str, Outgoing]) -> dict[str, Extraction]:
    """What the local engine finds in documents."""

    async def extract() -> dict[str, Extraction]:
        flow = memory_flow()
        for document in documents.values():
            flow.log.append(document)
        await flow.run()
        messages = flow.log.records["extractions.validated"]
        found = [Extraction.from_json(message.value or b"") for message in messages]
        return {extraction.document.document_id: extraction for extraction in found}

    return asyncio.run(extract())


def events_of(extraction: Extraction) -> list[tuple[object, ...]]:
    """What happened, when and where, as it stands in the text, and who took part."""
    events = sorted(extraction.events, key=lambda event: event.start)
    arguments = sorted(extraction.arguments, key=lambda argument: argument.start)
    return [
        *((e.kind, e.text, e.start, e.end, e.time_text, e.place, e.polarity) for e in events),
        *((a.role, a.text, a.start, a.end) for a in arguments),
        *((link.kind, link.text) for link in extraction.relationships),
    ]


def events_in(row: Mapping[str, Any]) -> list[tuple[object, ...]]:
    """The same of a row."""
    span = ("span_start", "span_end")
    groups = {
        "events": ("kind", "trigger", *span, "time_text", "place", "polarity"),
        "arguments": ("role", "text", *span),
        "relationships": ("kind", "evidence"),
    }
    return [
        tuple(found[name] for name in names)
        for group, names in groups.items()
        for found in row[group]
    ]


def tried(calls: list[dict[str, Any]], document_id: str, level: str) -> list[tuple[str, str, str]]:
    """Tier, engine and outcome of the calls for one level of a document, in their order."""
    return [
        (call["tier"], call["engine"], call["outcome"])
        for call in calls
        if (call["document_id"], call["level"]) == (document_id, level)
    ]


def rules_of_findings(row: Mapping[str, Any]) -> set[str]:
    return {finding["rule"] for finding in row["findings"]}


@pytest.mark.usefixtures("consumer")
class TestWhileAConsumerRuns:
    def test_documents_become_rows_with_what_they_cost(self, flow: ServedFlow) -> None:
        batch = flow.documents(unique(), 5)

        batch.send()
        flow.settle()

        rows, calls = batch.rows(), batch.calls()
        assert {row["status"] for row in rows.values()} == {"validated"}
        assert {one: events_in(row) for one, row in rows.items()} == {
            one: events_of(extraction) for one, extraction in by_rules(batch.given).items()
        }
        assert len(calls) == len(batch.questions) == 4 * len(batch.given)
        fresh = PROMPT_TOKENS - CACHED_TOKENS
        price = fresh * PRICES[0] + CACHED_TOKENS * PRICES[1] + COMPLETION_TOKENS * PRICES[2]
        for call in calls:
            assert (call["engine"], call["model"], call["tier"]) == ("openai", SMALL, "small")
            assert (call["outcome"], call["from_cache"]) == ("completed", False)
            assert (call["prompt_tokens"], call["cached_tokens"]) == (PROMPT_TOKENS, CACHED_TOKENS)
            assert call["completion_tokens"] == COMPLETION_TOKENS
            assert call["cost_usd"] == pytest.approx(price / 1e6)
        for row in rows.values():
            assert row["prompt_tokens"] == 4 * PROMPT_TOKENS
            assert row["cached_tokens"] == 4 * CACHED_TOKENS
            assert row["completion_tokens"] == 4 * COMPLETION_TOKENS
            assert row["cost_usd"] == pytest.approx(4 * price / 1e6)

    def test_the_command_shows_what_a_model_found(self, flow: ServedFlow) -> None:
        batch = flow.documents(unique(), 1)
        batch.send()
        flow.settle()

        shown = millrace("show", *batch.given, environment=flow.environment)

        assert shown.status == 0
        assert "Acme[buyer] bought[purchase] Widget Ltd[object]" in shown.out

    def test_the_same_documents_again_ask_nothing(self, flow: ServedFlow) -> None:
        batch = flow.documents(unique(), 5)
        batch.send()
        flow.settle()
        before = {one: row["revision"] for one, row in batch.rows().items()}

        batch.send()
        flow.settle()

        assert {one: row["revision"] for one, row in batch.rows().items()} == before
        assert set(flow.small.times_asked(batch.questions).values()) == {1}
        again = [call for call in batch.calls() if call["from_cache"]]
        assert len(again) == len(batch.questions)
        assert {call["cost_usd"] for call in again} == {0.0}

    def test_the_answers_about_a_deleted_document_are_forgotten(self, flow: ServedFlow) -> None:
        batch = flow.documents(unique(), 2)
        batch.send()
        flow.settle()
        kept = flow.kept_answers()
        gone, _ = batch.given

        flow.delete(gone)

        eventually(lambda: flow.kept_answers() == kept - 4, "its four answers are dropped")
        flow.settle()
        assert batch.arrived() == 1
        batch.send()
        flow.settle()
        assert batch.arrived() == 2
        for question, times in flow.small.times_asked(batch.questions).items():
            assert times == (2 if question.document_id == gone else 1)

    def test_what_one_tier_cannot_hold_goes_to_the_larger(self, flow: ServedFlow) -> None:
        batch = flow.documents(unique(), 3)
        larger, neither, usual = batch.given
        with (
            flow.small.behaving({batch.mark(larger): TOO_LONG, batch.mark(neither): TOO_LONG}),
            flow.large.behaving({batch.mark(neither): TOO_LONG}),
        ):
            batch.send()
            flow.settle()

        rows, calls = batch.rows(), batch.calls()
        assert {one: events_in(row) for one, row in rows.items()} == {
            one: events_of(extraction) for one, extraction in by_rules(batch.given).items()
        }
        small = ("small", "openai", "context_overflow")
        large = ("large", "openai", "context_overflow")
        assert tried(calls, larger, "relationship") == [small, ("large", "openai", "completed")]
        assert tried(calls, neither, "relationship") == [
            small,
            large,
            ("large", "local", "completed"),
        ]
        # A summary is asked in halves before it goes on, and in halves of these.
        tiers = [tier for tier, _, _ in tried(calls, neither, "summary")]
        assert tiers == sorted(tiers, reverse=True)
        assert len(tiers) > 4
        assert tried(calls, usual, "summary") == [("small", "openai", "completed")]
        assert (rows[usual]["status"], rows[larger]["status"]) == ("validated", "validated")
        assert rows[neither]["status"] == "review"
        assert "fallback" in rules_of_findings(rows[neither])
        assert {call["model"] for call in calls if call["tier"] == "large"} >= {LARGE}

    def test_servers_that_go_away_make_no_failures(self, flow: ServedFlow) -> None:
        batch = flow.documents(unique(), 10)
        links = [one.user for one in batch.questions if one.level == "relationship"]
        with flow.small.holding(links):
            batch.send()
            eventually(lambda: flow.small.in_flight == 10, "all are asked for their links")
            flow.small.stop()
        flow.small.start()
        flow.settle()

        calls = batch.calls()
        assert batch.arrived() == 10
        assert {(call["tier"], call["outcome"]) for call in calls} == {("small", "completed")}
        assert len(calls) == len(batch.questions)

    def test_a_killed_consumer_repeats_what_was_in_flight_alone(
        self, flow: ServedFlow, consumer: Run
    ) -> None:
        batch = flow.documents(unique(), 16)
        # Of each document the last of its two detail calls never ends, so all messages of that
        # level are unfinished, each with one answer that is kept and one that is not.
        details = {one.document_id: one for one in batch.questions if one.level == "detail"}
        held = set(details.values())
        kept, committed = flow.kept_answers(), flow.committed()
        with flow.small.holding([one.user for one in held]):
            batch.send()
            eventually(lambda: flow.small.in_flight == 16, "16 calls are in flight")
            # A summary that is not committed yet is answered again, and its details after it.
            eventually(lambda: flow.committed() == committed + 16, "the summaries are committed")
            # A finished call is asked again where the kill falls between the last byte of its
            # stream and the commit of the cache (reading the answer, one transaction:
            # milliseconds). Here all that is finished has been committed.
            eventually(lambda: flow.kept_answers() == kept + 32, "what is finished is kept")
            consumer.worker().send_signal(signal.SIGKILL)
            eventually(lambda: flow.small.in_flight == 0, "the calls died with their process")
        flow.settle()

        assert batch.arrived() == 16
        asked = flow.small.times_asked(batch.questions)
        assert asked == {one: 2 if one in held else 1 for one in batch.questions}
        details_again = [call for call in batch.calls() if call["level"] == "detail"]
        assert len(details_again) == 32
        assert sum(call["from_cache"] for call in details_again) == 16

    def test_a_repeat_does_not_hide_what_was_paid(self, flow: ServedFlow, consumer: Run) -> None:
        batch = flow.documents(unique(), 40)
        first, *others = batch.given
        with flow.small.holding([batch.mark(first)]):
            # The first summary of its partition holds back the commit of those behind it.
            batch.send()
            eventually(lambda: batch.arrived() == len(others), "all others are rows")
            consumer.worker().send_signal(signal.SIGKILL)
            eventually(lambda: flow.small.in_flight == 0, "the call died with its process")
        flow.settle()

        calls = batch.calls()
        assert sum(call["from_cache"] for call in calls) > 0
        paid = [call for call in calls if not call["from_cache"]]
        assert len(paid) == len(batch.questions)

    def test_a_second_consumer_comes_and_goes_without_a_loss(
        self, flow: ServedFlow, tmp_path: Path
    ) -> None:
        # As many as it takes until both have asked: the second may take long to come.
        batch = flow.documents(unique(), 800)
        waiting = list(batch.given)
        sent = []
        # A home of its own, and so a cache of its own: what it repeats, it asks.
        other = {"MILLRACE_HOME": str(tmp_path), "MILLRACE_OPENAI_API_KEY": "second"}
        keys = flow.small.keys

        def under_load(until: Callable[[], bool], what: str) -> None:
            def is_so() -> bool:
                if flow.small.in_flight < 8 and waiting:
                    some = [waiting.pop() for _ in range(min(8, len(waiting)))]
                    flow.send(batch.given[one] for one in some)
                    sent.extend(some)
                return until()

            eventually(is_so, what)

        with flow.small.behaving(dict.fromkeys(batch.marks, after(0.3, flow.small.as_rehearsed))):
            with flow.inference(**other):
                under_load(lambda: keys["Bearer second"] > 20, "the second is asking")
                before = keys["Bearer first"]
                under_load(lambda: keys["Bearer first"] > before + 20, "so is the first")
            flow.settle()

        assert batch.arrived() == len(sent)
        asked = flow.small.times_asked(
            [question for question in batch.questions if question.document_id in sent]
        )
        assert min(asked.values()) == 1
        assert sum(asked.values()) - len(asked) <= IN_FLIGHT

    def test_one_failing_prompt_fails_alone(self, flow: ServedFlow) -> None:
        batch = flow.documents(unique(), 6)
        poisoned, *others = batch.given
        (asked,) = [
            one.user
            for one in batch.questions
            if (one.document_id, one.level) == (poisoned, "relationship")
        ]
        with flow.small.behaving({asked: fails(500)}), flow.large.behaving({asked: fails(400)}):
            batch.send()
            eventually(lambda: batch.arrived() == len(others), "the others are rows meanwhile")
            flow.settle()

        rows = batch.rows()
        assert {rows[one]["status"] for one in others} == {"validated"}
        assert rows[poisoned]["status"] == "review"
        assert rules_of_findings(rows[poisoned]) == {"fallback"}
        assert tried(batch.calls(), poisoned, "relationship") == [
            ("small", "openai", "engine_error"),
            ("large", "openai", "engine_error"),
            ("large", "local", "completed"),
        ]


class TestWithoutAServer:
    def test_a_consumer_waits_for_servers_that_are_away_at_its_start(
        self, flow: ServedFlow
    ) -> None:
        batch = flow.documents(unique(), 3)
        flow.small.stop()
        said = len(flow.logged())
        try:
            with flow.inference() as run:
                batch.send()
                eventually(
                    lambda: "waiting for a server of models" in flow.logged()[said:],
                    "it says what it waits for",
                )
                waiting = run.worker().pid
                flow.small.start()
                flow.settle()
                assert run.worker().pid == waiting
        finally:
            flow.small.start()

        assert {row["status"] for row in batch.rows().values()} == {"validated"}
        assert {call["outcome"] for call in batch.calls()} == {"completed"}

    def test_a_wrong_key_ends_the_command_loudly(self, flow: ServedFlow) -> None:
        batch = flow.documents(unique(), 3)
        before, letters = flow.committed(), flow.letters()
        flow.small.take_only("another")
        try:
            batch.send()
            ended = millrace("run", "inference", environment=flow.environment)
        finally:
            flow.small.take_only("")

        assert ended.status == 1
        assert "MILLRACE_OPENAI_API_KEY" in ended.err.splitlines()[-1]
        assert "Traceback" not in ended.err
        assert (flow.committed(), flow.letters()) == (before, letters)
        assert set(flow.small.times_asked(batch.questions).values()) == {0}
        with flow.inference():
            flow.settle()
        assert batch.arrived() == 3

"""Two tiers in the whole flow: what the small one cannot answer, and who answers it instead."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from processors.lexical.answering import answer
from processors.routing import Route
from schemas import topics
from schemas.completion import Attempt, Completed, Completion, Failed, FailureKind, InferenceCall
from schemas.record import Outgoing
from schemas.run import LIVE, Run, Specification, TierModel
from schemas.task import Task
from schemas.work import Work
from streams.inference.embedded_engine import EmbeddedEngine
from streams.inference.engine import Engine, EngineIdentity
from streams.inference.scripted_engine import ScriptedEngine
from streams.memory import MemoryFlow
from tests.flow import PROFILES, context, ingest_json, noon
from tests.processors.works import ACME

Fails = Callable[[Task], FailureKind | None]
LOCAL = EmbeddedEngine(PROFILES, noon)
RUN = Run(
    run_id=LIVE,
    specification=Specification(
        engine="openai",
        model="m8",
        prompt_version="1",
        tier="small",
        tiers=(
            TierModel(tier="small", engine="openai", model="m8"),
            TierModel(tier="large", engine="openai", model="m70"),
        ),
    ),
)


def never(_: Task) -> None:
    """Answers everything."""


def always(kind: FailureKind) -> Fails:
    """Answers nothing."""
    return lambda _: kind


def at(level: str, *kinds: FailureKind | None) -> Fails:
    """Fails at one level: the first task so, the second so, and so on."""
    known: dict[str, FailureKind | None] = {}
    left = iter(kinds)

    def fails(task: Task) -> FailureKind | None:
        if task.level != level:
            return None
        return known.setdefault(task.task_id, next(left, None))

    return fails


def model(name: str, fails: Fails = never) -> ScriptedEngine:
    """A model that answers as the rules do, but for the tasks that it fails."""

    def script(task: Task, work: Work) -> Completion:
        kind = fails(task)
        attempts = (
            Attempt(
                engine="openai",
                model=name,
                model_revision="1",
                outcome=kind or "completed",
                called_at=noon(),
            ),
        )
        if kind is not None:
            return Failed(
                task_id=task.task_id, kind=kind, retryable=False, message=kind, attempts=attempts
            )
        output = answer(task, work, PROFILES[task.profile])
        return Completed(task_id=task.task_id, output=output, attempts=attempts)

    return ScriptedEngine(script, EngineIdentity("openai", name, "1"))


async def flowed(
    small: ScriptedEngine, large: ScriptedEngine, last_resort: Engine | None = LOCAL
) -> MemoryFlow:
    """A document about two events on its way through all stages."""
    annotation = replace(context().annotation, run=RUN, routes=(Route(tier="small"),))
    flow = MemoryFlow(
        replace(context(), annotation=annotation), {"small": small, "large": large}, last_resort
    )
    flow.log.append(ingest_json("d", ACME))
    await flow.run()
    return flow


def works(flow: MemoryFlow, topic: str) -> list[Work]:
    return [Work.from_json(record.value or b"") for record in flow.log.records[topic]]


def calls(flow: MemoryFlow) -> list[InferenceCall]:
    records: Iterable[Outgoing] = flow.log.records[topics.INFERENCE_CALLS]  # type: ignore[assignment]
    return [InferenceCall.from_json(record.value or b"") for record in records]


def tried(flow: MemoryFlow, level: str) -> list[tuple[str, str, str]]:
    """Tier, model and outcome of the calls of a level."""
    return [
        (call.tier, call.attempt.model, call.attempt.outcome)
        for call in calls(flow)
        if call.level == level
    ]


def status(flow: MemoryFlow) -> object:
    (row,) = flow.tables.rows("documents")
    return row["status"]


def findings(flow: MemoryFlow) -> list[tuple[str, str, str]]:
    """Rule, severity and message of what was found out."""
    (record,) = [
        record
        for topic in (topics.EXTRACTIONS_VALIDATED, topics.EXTRACTIONS_REVIEW)
        for record in flow.log.records[topic]
    ]
    return [
        (one["rule"], one["severity"], one["message"])
        for one in json.loads(record.value or b"")["findings"]
    ]


class TestWithoutAFailure:
    async def test_the_larger_tier_is_never_asked(self) -> None:
        large = model("m70")

        flow = await flowed(model("m8"), large)

        assert large.calls == []
        assert (status(flow), findings(flow)) == ("validated", [])
        assert {call.tier for call in calls(flow)} == {"small"}


class TestATaskThatTheSmallTierCannotAnswer:
    async def test_goes_to_the_same_level_of_the_next_with_what_is_answered(self) -> None:
        flow = await flowed(model("m8", at("detail", None, "timeout")), model("m70"))

        (handed_over,) = works(flow, "inference.large.detail")
        summary, first, second = handed_over.completions
        assert [one.task_id for one in (first, second)] == [t.task_id for t in handed_over.tasks]
        assert (summary.status, first.status, second.status) == (
            "completed",
            "completed",
            "failed",
        )
        assert flow.log.records["inference.large.summary"] == []
        assert flow.log.records["inference.large.relationship"] == []

    async def test_is_answered_there_and_no_finished_one_runs_again(self) -> None:
        small, large = model("m8", at("detail", None, "timeout")), model("m70")

        flow = await flowed(small, large)

        asked = [call.task.task_id for call in small.calls]
        assert len(asked) == len(set(asked))
        (handed_over,) = works(flow, "inference.large.detail")
        assert [call.task for call in large.calls] == [handed_over.tasks[1]]

    async def test_leaves_all_attempts_once_each_under_their_tier(self) -> None:
        flow = await flowed(model("m8", at("detail", None, "timeout")), model("m70"))

        assert tried(flow, "detail") == [
            ("small", "m8", "completed"),
            ("small", "m8", "timeout"),
            ("large", "m70", "completed"),
        ]
        ids = [call.call_id for call in calls(flow)]
        assert len(ids) == len(set(ids)) == 5
        assert len(flow.tables.rows("inference_calls")) == 5

    async def test_leaves_the_document_validated_with_a_word_about_it(self) -> None:
        flow = await flowed(model("m8", at("detail", "timeout")), model("m70"))

        assert status(flow) == "validated"
        assert findings(flow) == [
            ("fallback", "info", "the detail task was answered by openai/m70 (timeout)")
        ]

    async def test_lets_the_next_level_begin_in_its_own_tier_again(self) -> None:
        small, large = model("m8", at("summary", "invalid_output")), model("m70")

        await flowed(small, large)

        assert [call.task.level for call in large.calls] == ["summary"]
        levels = [call.task.level for call in small.calls]
        assert levels == ["summary", "detail", "detail", "relationship"]

    @pytest.mark.parametrize(
        "kind", ["context_overflow", "engine_error", "invalid_output", "timeout", "unserved"]
    )
    async def test_goes_on_whatever_failed_but_a_refusal(self, kind: FailureKind) -> None:
        flow = await flowed(model("m8", at("summary", kind)), model("m70"))

        assert tried(flow, "summary") == [("small", "m8", kind), ("large", "m70", "completed")]


class TestATaskThatNoTierCanAnswer:
    async def test_is_answered_by_the_rules_and_put_before_a_person(self) -> None:
        flow = await flowed(
            model("m8", at("detail", "timeout")), model("m70", at("detail", "invalid_output"))
        )

        assert status(flow) == "review"
        assert findings(flow) == [
            (
                "fallback",
                "warning",
                "the detail task was answered by local/lexical (timeout, invalid_output)",
            )
        ]

    async def test_leaves_all_attempts_once_each(self) -> None:
        flow = await flowed(model("m8", always("timeout")), model("m70", always("timeout")))

        for level in topics.LEVELS:
            assert sorted(set(tried(flow, level))) == [
                ("large", "lexical", "completed"),
                ("large", "m70", "timeout"),
                ("small", "m8", "timeout"),
            ]
        ids = [call.call_id for call in calls(flow)]
        assert len(ids) == len(set(ids)) == 12

    async def test_is_a_finding_where_there_is_no_last_resort(self) -> None:
        timeout = at("detail", "timeout")

        flow = await flowed(model("m8", timeout), model("m70", timeout), None)

        assert status(flow) == "review"
        assert ("task_failed", "error", "the detail task failed: timeout") in findings(flow)

    async def test_makes_the_document_a_letter_where_it_was_all(self) -> None:
        flow = await flowed(model("m8", always("timeout")), model("m70", always("timeout")), None)

        (letter,) = flow.log.records[topics.DEAD_LETTERS]
        assert dict(letter.headers)[topics.LETTER_KIND] == b"all_tasks_failed"
        assert b"timeout 1 times" in (dict(letter.headers)[topics.LETTER_MESSAGE] or b"")
        assert flow.tables.rows("documents") == []


class TestARefusal:
    async def test_is_not_taken_to_another_model_but_to_a_person(self) -> None:
        large = model("m70")

        flow = await flowed(model("m8", at("summary", "refusal")), large)

        assert large.calls == []
        assert tried(flow, "summary") == [
            ("small", "m8", "refusal"),
            ("small", "lexical", "completed"),
        ]
        assert status(flow) == "review"
        assert findings(flow)[0][1:] == (
            "warning",
            "the summary task of chunk 0 was answered by local/lexical (refusal)",
        )

    async def test_stays_one_where_another_task_of_the_message_goes_on(self) -> None:
        large = model("m70")

        flow = await flowed(model("m8", at("detail", "refusal", "timeout")), large)

        (handed_over,) = works(flow, "inference.large.detail")
        assert [call.task for call in large.calls] == [handed_over.tasks[1]]
        assert tried(flow, "detail") == [
            ("small", "m8", "refusal"),
            ("small", "m8", "timeout"),
            ("large", "lexical", "completed"),
            ("large", "m70", "completed"),
        ]
        assert status(flow) == "review"


@pytest.mark.parametrize(
    ("served", "wish"),
    [(("m9", "m70"), b"wants openai/m8 in tier small"), (("m8", "m71"), b"m70 in tier large")],
)
async def test_another_model_than_a_tier_serves_is_refused_by_name(
    served: tuple[str, str], wish: bytes
) -> None:
    small, large = model(served[0], always("timeout")), model(served[1])

    flow = await flowed(small, large)

    (letter,) = flow.log.records[topics.DEAD_LETTERS]
    assert dict(letter.headers)[topics.LETTER_KIND] == b"unserved_model"
    assert wish in (dict(letter.headers)[topics.LETTER_MESSAGE] or b"")
    assert large.calls == []

"""What `doctor --performance` says of figures, and how it makes figures of what processes tell."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from millrace.checks.finding import Finding, State
from millrace.checks.performance import performance
from millrace.performance.analysis import analyse
from millrace.performance.figures import Calls, Figures, Stage, Tier
from millrace.performance.measuring import measure
from millrace.performance.spending import spending
from millrace.settings import read_settings
from streams.telemetry.reading import Reading, reading
from tests.command import elsewhere

QUIET = Stage("ner", 0.0, 0, members=1, watched=1, busy=0.0, cpu=0.01, shared=True)
STAGES = (
    QUIET,
    replace(QUIET, name="inference", busy=None, shared=False),
    replace(QUIET, name="sink", shared=False),
)
TIER = Tier(
    "standard", "openai", fill=0.1, in_flight=20, waiting=0, open_documents=20, open_limit=256,
    tasks=500, cached=100, failed=0, tokens_per_s=900.0,
)  # fmt: skip
CALLS = Calls(
    hours=1, documents=2_000, calls=8_000, from_cache=2_000, prompt_tokens=6_000_000,
    completion_tokens=500_000, known_prompt=6_000_000, cached=4_000_000, cost_usd=3.0,
    engine_s=900.0, levels={"summary": 0.5, "detail": 2.0, "relationship": 0.5},
)  # fmt: skip


def figures(*, tier: Tier = TIER, **stages: dict[str, object]) -> Figures:
    """Ten seconds of a pipeline in which the named stages are otherwise than quiet."""
    return Figures(
        seconds=10.0,
        processes=3,
        stages=tuple(replace(one, **stages.get(one.name, {})) for one in STAGES),  # type: ignore[arg-type]
        tiers=(tier,),
    )


def named(findings: Sequence[Finding], name: str) -> Finding:
    """The one finding of a name."""
    (found,) = [one for one in findings if one.name == name]
    return found


def throughput(found: Figures) -> Finding:
    """What holds it up."""
    return named(analyse(found), "throughput")


BEHIND: dict[str, object] = {"lag": 4_000, "records_per_s": 40.0}


class TestProcesses:
    def test_without_any_it_says_how_to_start_them(self) -> None:
        found = analyse(Figures(seconds=0, processes=0))

        assert found[0] == Finding(
            "processes",
            State.ABSENT,
            "no process of stages runs here",
            "start them: `millrace run`",
        )
        assert [one.name for one in found] == ["processes"]

    def test_where_none_answers_their_addresses_are_named(self) -> None:
        found = analyse(Figures(seconds=0, processes=0, silent=("127.0.0.1:9",)))

        assert (found[0].state, found[0].seen) == (
            State.ABSENT, "no process answers at 127.0.0.1:9",
        )  # fmt: skip

    def test_one_that_does_not_answer_is_named_beside_the_others(self) -> None:
        found = analyse(replace(figures(), silent=("127.0.0.1:9",)))

        assert [one.state for one in found if one.name == "processes"] == [State.OK, State.WARNING]

    def test_a_stage_that_nobody_runs_is_absent(self) -> None:
        found = analyse(figures(sink={"members": 0, "watched": 0}))

        assert found[1] == Finding(
            "processes", State.ABSENT, "none runs sink", "start it: `millrace run sink`"
        )

    def test_a_stage_that_runs_elsewhere_is_not_judged(self) -> None:
        found = analyse(figures(sink={**BEHIND, "members": 2, "watched": 0}))

        assert found[1].seen == "some of sink run from another MILLRACE_HOME"
        assert named(found, "throughput").state is State.OK


class TestThroughput:
    def test_an_idle_pipeline_is_not_judged(self) -> None:
        found = throughput(figures())

        assert (found.state, found.seen) == (
            State.OK, "idle: nothing waits and nothing was done; look again under load",
        )  # fmt: skip

    def test_a_lag_that_is_done_with_at_once_holds_nothing_up(self) -> None:
        found = throughput(figures(ner={"lag": 30, "records_per_s": 200.0}))

        assert (found.state, found.seen) == (
            State.OK, "nothing is held up: most wait for ner, 30 records at 200.0 a second",
        )  # fmt: skip

    def test_of_several_stages_behind_the_one_with_the_longest_wait_counts(self) -> None:
        found = throughput(figures(ner={"lag": 9_000, "records_per_s": 900.0}, inference=BEHIND))

        assert found.state is State.WARNING
        assert found.seen == (
            "inference holds the others up: 4,000 records wait for inference, 40.0 are done a "
            "second, so the last of them is done in 100 s"
        )

    def test_a_stage_that_does_nothing_stands_still(self) -> None:
        found = throughput(figures(ner={"lag": 500}))

        assert found.state is State.PROBLEM
        assert found.seen == "500 records wait for ner, and it did none in 10 s"

    def test_calls_that_take_longer_than_was_watched_are_no_standstill(self) -> None:
        found = throughput(figures(inference={"lag": 500}))

        assert found.state is State.WARNING
        assert found.seen.endswith("too little to judge by")

    @pytest.mark.parametrize(
        ("stage", "advice"),
        [
            (
                {"cpu": 0.97, "busy": 0.7},
                "its process uses 97% of a processor, 70% for ner: give each stage one, "
                "`millrace run --processes each`",
            ),
            (
                {"cpu": 0.97, "busy": 0.9, "shared": False},
                "its process uses 97% of a processor: start a second `millrace run ner`",
            ),
            (
                {"cpu": 0.3, "busy": 0.2},
                "it is not short of a processor (20% of its time is work): look at Kafka's disk, "
                "and whether its partitions are spread over its processes",
            ),
        ],
        ids=["shared processor", "own processor", "waits"],
    )
    def test_ner_is_slow(self, stage: dict[str, object], advice: str) -> None:
        assert throughput(figures(ner=BEHIND | stage)).advice == advice

    @pytest.mark.parametrize("stage", ["ner", "sink"])
    def test_where_the_machine_is_full_no_other_cause_is_named(self, stage: str) -> None:
        waits = BEHIND | {"cpu": 0.3, "busy": 0.2}
        slow = figures(ner=waits) if stage == "ner" else figures(sink=waits)
        slow = replace(slow, machine=0.99)

        assert throughput(slow).advice == (
            "the processors of this machine are used up (99%; its process got 30% of one): give it "
            "more, or let other work, the engine or stages run elsewhere"
        )

    @pytest.mark.parametrize(
        ("tier", "cpu", "advice"),
        [
            ({"fill": 0.97}, 0.2, "the engine of standard is full (97%): give it more of a GPU"),
            (
                {"open_documents": 250.0}, 0.2,
                "the engine of standard has room (10% full), but 250 of 256 documents are open: "
                "raise MILLRACE_MAX_OPEN_DOCUMENTS",
            ),
            (
                {}, 0.95,
                "the engine of standard has room (10% full), but the process that feeds it uses "
                "95% of its processor",
            ),
            (
                {"waiting": 300.0}, 0.2,
                "the engine of standard is 10% full with 300 tasks waiting",
            ),
            ({"breakers_open": 2}, 0.2, "2 servers of standard answer no calls"),
            (
                {"engine": "local", "fill": 1.0}, 0.98,
                "the local engine is bound by one processor, which uses 98% of one",
            ),
        ],
        ids=["engine", "open documents", "feeder", "unknown", "servers away", "local engine"],
    )  # fmt: skip
    def test_inference_is_slow(self, tier: dict[str, object], cpu: float, advice: str) -> None:
        slow = figures(tier=replace(TIER, **tier), inference=BEHIND | {"cpu": cpu})  # type: ignore[arg-type]

        assert throughput(slow).advice.startswith(advice)

    @pytest.mark.parametrize(
        ("stage", "failures", "advice"),
        [
            ({"busy": 0.9}, 0, "90% of its time goes into inserts"),
            ({"busy": 0.9}, 3, "3 inserts failed meanwhile: see to ClickHouse"),
            ({"busy": 0.3, "cpu": 0.95}, 0, "its process uses 95% of a processor"),
            ({"busy": 0.1}, 0, "neither inserts nor its processor fill its time"),
        ],
        ids=["inserts", "failures", "processor", "neither"],
    )
    def test_the_sink_is_slow(self, stage: dict[str, object], failures: int, advice: str) -> None:
        slow = replace(figures(sink=BEHIND | stage), sink_failures=failures)

        assert throughput(slow).advice.startswith(advice)


class TestEngine:
    def test_it_says_how_full_it_is_and_what_the_cache_answered(self) -> None:
        found = analyse(figures())

        assert named(found, "engine standard").seen == (
            "10% full: 20 tasks in flight, 0 wait, 900 tokens a second"
        )
        assert (
            named(found, "answers").seen
            == "20% of 500 tasks of standard were answered by the cache"
        )

    def test_an_engine_that_waits_for_the_stage_before_it_is_starved(self) -> None:
        found = named(analyse(figures(ner=BEHIND)), "engine standard")

        assert (found.state, found.advice) == (
            State.WARNING, "it waits for ner: see throughput",
        )  # fmt: skip

    def test_an_engine_before_which_tasks_wait_is_not_starved(self) -> None:
        busy = replace(TIER, waiting=70)

        found = named(analyse(figures(tier=busy, ner=BEHIND)), "engine standard")

        assert found.state is State.OK

    def test_a_few_tasks_are_too_few(self) -> None:
        found = analyse(figures(tier=replace(TIER, tasks=19)))

        assert named(found, "answers").seen == "19 tasks of standard: too few to judge by"

    def test_one_without_tasks_had_nothing_to_do(self) -> None:
        still = replace(TIER, tasks=0, in_flight=0, waiting=0)

        assert named(analyse(figures(tier=still)), "engine standard").seen == ("had nothing to do")

    def test_calls_that_fail_are_a_warning(self) -> None:
        found = analyse(figures(tier=replace(TIER, failed=50)))

        assert named(found, "failures").seen == "10% of 500 calls of standard failed"


class TestSpending:
    def test_the_cost_of_1000_documents_and_what_takes_most_of_it(self) -> None:
        assert named(spending(CALLS), "cost").seen == (
            "1,000 documents cost $1.50 by the 2,000 of the last hour, 67% of it for detail; 25% "
            "of their calls were answered by the cache"
        )

    def test_without_prices_it_gives_tokens(self) -> None:
        found = named(spending(replace(CALLS, cost_usd=0.0)), "cost")

        assert found.state is State.WARNING
        assert found.seen.startswith("1,000 documents take 3,000,000 tokens of prompts and 250,000")
        assert "MILLRACE_PRICE_PROMPT" in found.advice

    def test_an_engine_without_tokens_costs_time(self) -> None:
        local = replace(
            CALLS, cost_usd=0.0, prompt_tokens=0, completion_tokens=0, known_prompt=0, cached=0
        )

        (found,) = spending(local)

        assert found.state is State.OK
        assert found.seen.startswith("1,000 documents take 450.0 s of the engine by the 2,000")

    def test_few_documents_are_too_few(self) -> None:
        (found,) = spending(replace(CALLS, documents=19))

        assert found.seen == "19 documents had calls in the last hour: too few to say"

    @pytest.mark.parametrize(
        ("cached", "state"), [(4_000_000, State.OK), (600_000, State.WARNING), (0, State.WARNING)]
    )
    def test_few_hits_of_prefixes_are_a_warning(self, cached: int, state: State) -> None:
        found = named(spending(replace(CALLS, cached=cached)), "prefixes")

        assert found.state is state
        assert found.seen.startswith(f"{cached / 6_000_000:.0%} of 6,000,000 prompt tokens")

    def test_an_engine_that_does_not_tell_its_hits_is_not_judged(self) -> None:
        found = spending(replace(CALLS, known_prompt=0, cached=0))

        assert [one.name for one in found] == ["cost"]


class TestPerformance:
    def test_without_processes_and_clickhouse_both_are_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in elsewhere(tmp_path).items():
            monkeypatch.setenv(name, value)

        processes, cost = performance(read_settings(), seconds=60)

        assert processes.state is State.ABSENT
        assert (cost.name, cost.state) == ("cost", State.WARNING)
        assert "ClickHouse" in cost.seen


def told(taken_at: float, **processes: str) -> Reading:
    """What processes told at a moment, each the text of its metrics."""
    return reading(dict(processes), taken_at)


class TestMeasuring:
    def test_rates_and_shares_are_of_the_time_between_the_first_reading_and_the_last(self) -> None:
        before = told(
            100.0,
            a='millrace_stage_ready{stage="ner"} 1\nprocess_cpu_seconds_total 5\n'
            'millrace_records_total{stage="ner",outcome="continued"} 100\n'
            'millrace_stage_seconds_sum{stage="ner"} 2\n',
        )
        after = told(
            110.0,
            a='millrace_stage_ready{stage="ner"} 1\nprocess_cpu_seconds_total 14\n'
            'millrace_records_total{stage="ner",outcome="continued"} 500\n'
            'millrace_records_total{stage="ner",outcome="dead_lettered"} 20\n'
            'millrace_stage_seconds_sum{stage="ner"} 6\n',
        )

        (ner,) = measure([before, after], ["ner"], {}, {}).stages

        assert ner.records_per_s == pytest.approx(42.0)
        assert ner.cpu == pytest.approx(0.9)
        assert ner.busy == pytest.approx(0.4)
        assert (ner.watched, ner.shared) == (1, False)

    def test_the_lag_that_several_processes_tell_of_counts_once(self) -> None:
        text = (
            'millrace_lag_records{stage="inference",topic="x"} 30\n'
            'millrace_lag_records{stage="inference",topic="y"} 5\n'
            'millrace_stage_members{stage="inference"} 2\n'
        )

        (stage,) = measure(
            [told(0.0, a=text, b=text), told(5.0, a=text, b=text)], ["inference"], {}, {}
        ).stages

        assert (stage.lag, stage.members, stage.watched) == (35, 2, 0)

    def test_a_process_that_was_started_anew_counts_from_none(self) -> None:
        before = told(0.0, a='millrace_records_total{stage="ner",outcome="continued"} 900\n')
        after = told(10.0, a='millrace_records_total{stage="ner",outcome="continued"} 50\n')

        (ner,) = measure([before, after], ["ner"], {}, {}).stages

        assert ner.records_per_s == pytest.approx(5.0)

    def test_how_full_an_engine_is_is_the_mean_over_all_readings_and_processes(self) -> None:
        def tier(fill: float, calls: int) -> str:
            return (
                f'millrace_inference_batch_fill_ratio{{tier="standard"}} {fill}\n'
                'millrace_inference_in_flight_tasks{tier="standard"} 10\n'
                'millrace_inference_calls_total{tier="standard",level="summary",'
                f'outcome="completed",answered_by="cache"}} {calls}\n'
            )

        readings = [
            told(float(at), a=tier(fill, 10 * at), b=tier(fill / 2, 0))
            for at, fill in enumerate([0.8, 0.4, 0.6])
        ]

        (standard,) = measure(readings, [], {"standard": "local"}, {"standard": 256}).tiers

        assert standard.fill == pytest.approx(0.45)
        assert (standard.in_flight, standard.open_limit, standard.engine) == (20, 512, "local")
        assert (standard.tasks, standard.cached, standard.failed) == (20, 20, 0)

    def test_a_process_that_does_not_answer_is_silent(self) -> None:
        both = reading({"a": "millrace_open 1\n", "b": None}, 0.0)

        assert measure([both, both], [], {}, {}).silent == ("b",)

"""What ``status --watch`` makes of positions and metrics, and how it looks within 80 columns."""

from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console

from millrace.rendering.live_status import view
from millrace.watching import Now, StageNow, TierNow, summarise
from streams.broker.admin import Group
from streams.broker.progress import Progress, ReadingProgress, TopicProgress
from streams.stage import Stage
from streams.telemetry.reading import Reading, reading
from streams.topology import topology

SINK = next(stage for stage in topology(("standard",)) if stage.name == "sink")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGE = """# TYPE millrace_inference_in_flight_tasks gauge
millrace_inference_in_flight_tasks{{tier="standard"}} 12
# TYPE millrace_inference_waiting_tasks gauge
millrace_inference_waiting_tasks{{tier="standard",level="summary"}} 30
millrace_inference_waiting_tasks{{tier="standard",level="detail"}} 4
# TYPE millrace_inference_batch_fill_ratio gauge
millrace_inference_batch_fill_ratio{{tier="standard"}} 0.75
# TYPE millrace_inference_tokens_total counter
millrace_inference_tokens_total{{tier="standard",level="summary",kind="completion"}} {tokens}
# TYPE millrace_inference_calls_total counter
millrace_inference_calls_total{{tier="standard",level="summary",outcome="completed",answered_by="cache"}} {cached}
millrace_inference_calls_total{{tier="standard",level="summary",outcome="completed",answered_by="engine"}} {calls}
# TYPE millrace_sink_rows_total counter
millrace_sink_rows_total{{table="documents"}} {rows}
# TYPE millrace_dead_letters_total counter
millrace_dead_letters_total{{stage="sink",kind="too_large"}} {letters}
# TYPE millrace_oldest_unprocessed_seconds gauge
millrace_oldest_unprocessed_seconds{{stage="sink",topic="dead-letters"}} 3
millrace_oldest_unprocessed_seconds{{stage="sink",topic="extractions.review"}} 8
"""  # noqa: E501 - as a process writes it


def told(taken_at: float, **counts: int) -> Reading:
    known = {"tokens": 0, "cached": 0, "calls": 0, "rows": 0, "letters": 0} | counts
    return reading({"127.0.0.1:1": PAGE.format(**known)}, taken_at)


def positions(taken_at: float, done: int, records: int, members: int = 1) -> Progress:
    topic = SINK.reads[0]
    return Progress(
        topics=(TopicProgress(topic, 1, records, records),),
        readings=(ReadingProgress(SINK.name, topic, records - done, done),),
        groups=(Group(SINK.group, members, "Stable"),),
        missing=(),
        taken_at=taken_at,
    )


def summarised(*stages: Stage) -> Now:
    return summarise(
        stages or (SINK,),
        [positions(0, 0, 500), positions(10, 300, 600)],
        [told(0), told(10, tokens=5_000, cached=1, calls=3, rows=400, letters=2)],
    )


def drawn(now: Now, width: int = 80) -> str:
    console = Console(width=width, height=24, color_system=None)
    with console.capture() as captured:
        console.print(view(now, 2, ends_by_key=True))
    return captured.get()


class TestSummary:
    def test_a_stage_has_its_lag_rates_and_the_age_of_its_oldest_record(self) -> None:
        (stage,) = summarised().stages

        assert stage == StageNow(
            "sink", processes=1, lag=300, oldest_s=8, rate=30, lag_gone_in_s=15, refused=2
        )

    def test_of_what_never_failed_none_is_known_to_have_failed(self) -> None:
        quiet = reading({"127.0.0.1:1": "process_cpu_seconds_total 1\n"}, 0)

        (stage,) = summarise((SINK,), [positions(0, 1, 5)], [quiet]).stages

        assert stage.refused == 0

    def test_a_tier_has_its_fill_and_tokens_a_second(self) -> None:
        (tier,) = summarised().tiers

        assert tier.fill == 0.75
        assert tier.in_flight == 12
        assert tier.waiting == 34
        assert tier.completion_rate == 500
        assert tier.from_cache == 0.25

    def test_rows_and_failures_are_summed_over_tables(self) -> None:
        now = summarised()

        assert now.row_rate == 40
        assert now.failures == (("sink refused: too_large", 2),)

    def test_a_first_look_knows_no_rates(self) -> None:
        now = summarise((SINK,), [positions(0, 1, 5)], [told(0)])

        assert now.stages[0].lag == 4
        assert now.stages[0].rate is None
        assert now.row_rate is None

    def test_without_kafka_the_processes_are_shown_all_the_same(self) -> None:
        now = summarise((SINK,), [], [told(0), told(1)], ["Kafka does not answer"])

        assert now.stages[0].lag is None
        assert now.stages[0].oldest_s == 8
        assert now.processes == 1

    def test_without_processes_positions_are_shown_all_the_same(self) -> None:
        empty = Reading((), 0.0)

        now = summarise((SINK,), [positions(0, 1, 5, members=0)], [empty])

        assert now.stages[0].processes == 0
        assert now.tiers == ()


class TestView:
    def test_no_line_is_wider_than_80_columns_with_large_values(self) -> None:
        stage = StageNow("relationship", 12, 12_345_678, 86_400, 12_345.6, 90_000, 12_345)
        tier = TierNow("standard", 256, 12_345, 1.0, 123_456, 23_456, 0.99, 123.45 / 3600)
        now = replace(summarised(), stages=(stage,) * 7, tiers=(tier,))

        lines = drawn(now).splitlines()

        assert max(map(len, lines)) <= 80
        for shown in ("12,345,678", "12,345.6", "24 h", "100%", "123,456", "123.45"):
            assert any(shown in line for line in lines), shown
        assert len(lines) <= 23

    def test_a_long_name_is_cut_rather_than_a_figure(self) -> None:
        name = "a-tier-of-a-long-name"
        tier = TierNow(name, 256, 9_999, 1.0, 123_456, 23_456, 0.99, 98_765 / 3600)

        lines = drawn(replace(summarised(), tiers=(tier,))).splitlines()

        (line,) = [line for line in lines if "100%" in line]
        assert len(line) <= 80
        assert line.startswith("a-tier-…")
        assert line.endswith("98,765.00")

    def test_failures_are_named_with_how_often(self) -> None:
        assert "failures        sink refused: too_large: 2" in drawn(summarised())

    def test_a_lag_that_nobody_works_off_is_said_to_be_so(self) -> None:
        now = summarise((SINK,), [positions(0, 0, 5, members=0)] * 2, [Reading((), 0.0)])

        assert "nobody runs it" in drawn(now)
        assert "`millrace run` starts them" in drawn(now)

    def test_problems_stand_above_everything(self) -> None:
        now = replace(summarised(), problems=("Kafka does not answer at \x1b[2J",))

        lines = drawn(now).splitlines()

        assert lines[1] == "Kafka does not answer at ␛[2J"

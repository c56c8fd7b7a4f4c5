"""What the doctor's checks make of what they see."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from infra.clickhouse.facts import MigrationFacts, expected_relations
from millrace.checks import cluster, configuration, machine, tables
from millrace.checks.examination import Check, examine
from millrace.checks.finding import Finding, State, ok
from millrace.settings import Settings
from schemas.errors import UnavailableError
from streams.broker.admin import Group, TopicSettings
from streams.broker.cluster import ClusterFacts, TopicFacts
from streams.broker.progress import Progress, ReadingProgress
from streams.topology import topic_names, topology

STAGES = topology(("standard",))
NAMES = topic_names(STAGES)
LIMIT = 32 * 1024 * 1024


def facts(**partitions: int) -> ClusterFacts:
    """All topics with four partitions, but for those named by their last word."""
    counts = {name: partitions.get(name.rpartition(".")[2], 4) for name in NAMES}
    return ClusterFacts(
        1,
        "c",
        tuple(TopicFacts(name, count, 1, 1, LIMIT) for name, count in counts.items() if count),
    )


def progress(members: int, lag: int = 0, state: str = "Stable") -> Progress:
    return Progress(
        topics=(),
        readings=(ReadingProgress("ner", "documents.ingest", lag, 0),),
        groups=tuple(Group(stage.group, members, state) for stage in STAGES),
        missing=(),
        taken_at=0.0,
    )


class TestExamination:
    def test_findings_come_in_the_order_of_the_checks(self) -> None:
        second_is_done = threading.Event()

        def first() -> list[Finding]:
            second_is_done.wait(5)
            return [ok("first", "")]

        def second() -> list[Finding]:
            second_is_done.set()
            return [ok("second", "")]

        found = examine([Check("first", first), Check("second", second)], 10)

        assert [one.name for one in found] == ["first", "second"]

    def test_a_check_that_fails_says_so_and_the_others_count(self) -> None:
        def fails() -> list[Finding]:
            raise KeyError("lost")

        found = examine([Check("odd", fails), Check("good", lambda: [ok("good", "")])], 10)

        assert [one.state for one in found] == [State.PROBLEM, State.OK]
        assert found[0].seen == "this check itself failed: KeyError: 'lost'"

    def test_a_check_that_hangs_is_left_behind(self) -> None:
        never = threading.Event()

        def hangs() -> list[Finding]:
            never.wait()
            return []

        found = examine([Check("stuck", hangs)], 0.05)
        never.set()

        assert (found[0].name, found[0].state) == ("stuck", State.PROBLEM)

    def test_what_does_not_answer_is_absent_with_what_to_do(self) -> None:
        def away() -> list[Finding]:
            raise UnavailableError("Kafka does not answer at 127.0.0.1:9: start it")

        found = examine([Check("kafka", away)], 10)

        assert found == [
            Finding("kafka", State.ABSENT, "Kafka does not answer at 127.0.0.1:9", "start it")
        ]


class TestMachine:
    def test_a_package_of_another_version_than_the_lock_is_a_warning(self, tmp_path: Path) -> None:
        lock = tmp_path / "requirements.lock"
        lock.write_text("typer==0.0.1 \\\n    --hash=sha256:00\n    # via x\n")

        (found,) = machine.packages(lock)

        assert found.state is State.WARNING
        assert "instead of 0.0.1" in found.seen

    def test_without_a_lock_the_requirements_count(self, tmp_path: Path) -> None:
        assert machine.packages(tmp_path / "none")[0].state is State.OK

    def test_a_home_that_is_not_made_yet_is_ok(self, tmp_path: Path) -> None:
        (found,) = machine.home(tmp_path / "a" / "b")

        assert (found.state, found.seen) == (State.OK, f"{tmp_path / 'a' / 'b'}, not made yet")
        assert not (tmp_path / "a").exists()

    @pytest.mark.parametrize("below", [".", "sub"])
    def test_a_file_in_the_place_of_the_home_is_a_problem(self, tmp_path: Path, below: str) -> None:
        (tmp_path / "file").write_text("")

        (found,) = machine.home(tmp_path / "file" / below)

        assert found.state is State.PROBLEM
        assert found.advice.startswith("set MILLRACE_HOME")


class TestSettings:
    def test_a_text_that_no_message_can_hold_is_a_problem(self) -> None:
        (found,) = configuration.consistency(Settings(max_text_bytes=8192, max_message_bytes=8192))

        assert found.state is State.PROBLEM
        assert "max_text_bytes is 8,192" in found.seen

    def test_a_message_that_no_topic_takes_is_a_problem(self) -> None:
        (found,) = configuration.consistency(Settings(max_message_bytes=17 * 1024 * 1024))

        assert found.advice == "set MILLRACE_MAX_MESSAGE_BYTES to at most 16777216"


class TestTopics:
    def test_all_as_they_are_set_is_one_line(self) -> None:
        (found,) = cluster.check_topics(facts(), NAMES, TopicSettings())

        assert found == ok("topics", "all 12 are there, with 48 partitions")

    def test_missing_ones_are_named(self) -> None:
        (found,) = cluster.check_topics(facts(ingest=0), NAMES, TopicSettings())

        assert (found.state, found.seen) == (
            State.ABSENT, "1 of 12 are missing: documents.ingest",
        )  # fmt: skip

    def test_other_partitions_than_set_are_a_warning(self) -> None:
        (found,) = cluster.check_topics(facts(ingest=1), NAMES, TopicSettings())

        assert (found.state, found.seen) == (
            State.WARNING, "1 partition where 4 are set: documents.ingest",
        )  # fmt: skip

    def test_a_topic_that_takes_too_small_messages_is_a_problem(self) -> None:
        small = TopicFacts("dead-letters", 4, 1, 1, 1024 * 1024)

        (found,) = cluster.check_topics(
            ClusterFacts(1, "c", (small,)), ["dead-letters"], TopicSettings()
        )

        assert found.state is State.PROBLEM
        assert found.advice.startswith("set its max.message.bytes to 20971520")

    def test_more_copies_than_brokers_are_a_problem(self) -> None:
        found = cluster.check_topics(facts(), NAMES, TopicSettings(4, 3))

        assert (found[0].name, found[0].state) == ("replication", State.PROBLEM)

    def test_topics_of_a_tier_that_are_cut_differently_are_a_warning(self) -> None:
        unlike = ClusterFacts(1, "c", tuple(
            TopicFacts(f"inference.standard.{level}", count, 1, 1, LIMIT)
            for level, count in (("summary", 4), ("detail", 1), ("relationship", 4))
        ))  # fmt: skip

        (found,) = cluster.check_tiers(unlike, STAGES)

        assert found.state is State.WARNING
        assert found.seen.endswith("summary 4, detail 1, relationship 4")
        assert cluster.check_tiers(facts(), STAGES) == []


class TestGroups:
    def test_running_stages_are_ok_with_what_they_are_behind(self) -> None:
        (found,) = cluster.check_groups(progress(1, lag=1200))

        assert (found.state, found.seen) == (State.OK, "all 7 run; behind: ner 1,200 records")

    def test_stages_without_a_process_are_absent(self) -> None:
        (found,) = cluster.check_groups(progress(0))

        assert (found.state, found.advice) == (State.ABSENT, "start it: `millrace run`")

    def test_one_stage_without_a_process_is_named(self) -> None:
        some = progress(1)
        alone = replace(some, groups=(*some.groups[:-1], replace(some.groups[-1], members=0)))

        (found,) = cluster.check_groups(alone)

        assert found.advice == "start it: `millrace run sink`"

    def test_a_rebalance_is_a_warning(self) -> None:
        (found,) = cluster.check_groups(progress(1, state="PreparingRebalance"))

        assert found.state is State.WARNING


class TestTables:
    @pytest.mark.parametrize(
        ("found", "state"),
        [
            (MigrationFacts(2, (), ()), State.OK),
            (MigrationFacts(1, ("0002_views.sql",), ()), State.ABSENT),
            (MigrationFacts(2, (), ("0002_views.sql",)), State.PROBLEM),
        ],
    )
    def test_migrations_are_applied_missing_or_changed(
        self, found: MigrationFacts, state: State
    ) -> None:
        assert tables.check_migrations(found).state is state

    @pytest.mark.parametrize(
        ("ahead_s", "state"), [(0.2, State.OK), (61.0, State.WARNING), (-61.0, State.WARNING)]
    )
    def test_a_clock_more_than_a_minute_off_is_a_warning(
        self, ahead_s: float, state: State
    ) -> None:
        assert tables.check_clock(ahead_s).state is state

    def test_every_table_and_view_of_the_migrations_is_expected(self) -> None:
        assert {"documents", "promotions", "current_findings"} <= set(expected_relations())

"""A chunk in halves: where it is parted, and where the halves' events stand in the document."""

import pytest

from processors.chunks import split_chunks
from processors.detail import plan_detail
from processors.prompting.part import part_of
from processors.summary import plan_summary
from schemas.extraction import Event
from schemas.output import FoundEvent, SummaryOutput
from schemas.task import SummaryTask
from schemas.work import Work
from streams.inference.chunk_halves import halves, merged, placed
from tests.processors.works import answered, found, planned, work_of

# Four sentences; "bought" stands in three of them.
TEXT = "Acme bought Widget. It bought more. Nobody resigned there. Then Acme bought Gadget."
SECOND_HALF = TEXT.index("Nobody")
LAST_BOUGHT = TEXT.rindex("bought")


def asked(text: str = TEXT, chunk: int = 0, **fields: int) -> tuple[SummaryTask, Work]:
    """A summary task of a document, and the document's work."""
    work = planned(work_of(text, **fields), plan_summary)  # type: ignore[arg-type]
    task = work.tasks[chunk]
    assert isinstance(task, SummaryTask)
    return task, work


def shown(text: str = TEXT, chunk: int = 0, **fields: int) -> list[str]:
    """The text of either half."""
    return [
        work.document.text[work.chunks[half.chunk].start : work.chunks[half.chunk].end]
        for half, work in halves(*asked(text, chunk, **fields))
    ]


class TestWhereItIsParted:
    def test_at_the_sentence_nearest_to_the_middle(self) -> None:
        assert shown() == [
            "Acme bought Widget. It bought more.",
            "Nobody resigned there. Then Acme bought Gadget.",
        ]

    def test_only_the_tasks_own_chunk_is_parted(self) -> None:
        assert len(asked(chunk_characters=40)[1].chunks) == 3
        assert shown(chunk=0, chunk_characters=40) == ["Acme bought Widget.", "It bought more."]

    def test_a_chunk_is_found_by_its_number(self) -> None:
        task, work = asked(chunk=1, chunk_characters=48)
        turned = work.model_copy(update={"chunks": work.chunks[::-1]})

        texts = [halved.chunks for _, halved in halves(task, turned)]

        assert texts == [halved.chunks for _, halved in halves(task, work)] != []

    @pytest.mark.parametrize("text", ["Acme bought Widget.", "Acme"])
    def test_one_sentence_cannot_be_parted(self, text: str) -> None:
        assert halves(*asked(text)) == ()

    def test_offsets_count_characters_not_bytes(self) -> None:
        assert shown("他收购了公司。😀 她辞职了。") == ["他收购了公司。", "😀 她辞职了。"]

    def test_halves_cover_all_sentences_between_them(self) -> None:
        task, work = asked()
        parts = [half_work.chunks[half.chunk] for half, half_work in halves(task, work)]

        inside = [
            sum(part.start <= sentence.start and sentence.end <= part.end for part in parts)
            for sentence in work.sentences
        ]

        assert inside == [1, 1, 1, 1]


class TestTheHalvesTasks:
    def test_are_told_apart_and_keep_their_ids(self) -> None:
        ids = [half.task_id for half, _ in halves(*asked())]

        assert len({*ids, asked()[0].task_id}) == 3
        assert ids == [half.task_id for half, _ in halves(*asked())]

    def test_share_the_limit_and_the_estimate(self) -> None:
        task, work = asked()

        for half, _ in halves(task, work):
            assert half.event_limit == task.event_limit // 2
            assert half.estimated_tokens == task.estimated_tokens // 2

    def test_show_their_half_in_the_prompt(self) -> None:
        parts = [part_of(half, work, {}) for half, work in halves(*asked())]

        assert [part.text for part in parts if part] == shown()
        assert [(part.number, part.parts) for part in parts if part] == [(1, 2), (2, 2)]

    def test_can_be_parted_again(self) -> None:
        quarters = [
            work.document.text[work.chunks[quarter.chunk].start : work.chunks[quarter.chunk].end]
            for pair in halves(*asked())
            for quarter, work in halves(*pair)
        ]

        assert quarters == [
            "Acme bought Widget.",
            "It bought more.",
            "Nobody resigned there.",
            "Then Acme bought Gadget.",
        ]


def grounded(first: tuple[FoundEvent, ...], second: tuple[FoundEvent, ...]) -> tuple[Event, ...]:
    """The document's events when the halves are answered so."""
    task, work = asked()
    outputs = [SummaryOutput(events=first), SummaryOutput(events=second)]
    pairs = zip(outputs, halves(task, work), strict=True)
    output = merged(placed(output, half, half_work) for output, (half, half_work) in pairs)
    return planned(answered(work, output), plan_detail).events


class TestWhereTheEventsStand:
    def test_words_of_the_second_half_are_found_in_it_though_the_first_has_them_too(self) -> None:
        events = grounded((), (found("purchase", "bought"),))

        assert [(event.start, event.text) for event in events] == [(LAST_BOUGHT, "bought")]

    def test_words_that_the_first_half_repeats_are_not_taken_for_the_seconds(self) -> None:
        events = grounded((found("purchase", "bought"),), (found("purchase", "bought"),))

        assert [event.start for event in events] == [TEXT.index("bought"), LAST_BOUGHT]

    def test_repeated_words_of_a_half_are_its_next_place(self) -> None:
        twice = (found("purchase", "bought"), found("purchase", "bought"))

        events = grounded(twice, ())

        second = TEXT.index("bought", TEXT.index("bought") + 1)
        assert [event.start for event in events] == [TEXT.index("bought"), second]

    def test_the_events_are_those_of_an_undivided_chunk(self) -> None:
        first = (found("purchase", "bought"), found("purchase", "bought"))
        second = (found("personnel", "resigned"), found("purchase", "bought"))
        whole = planned(answered(asked()[1], SummaryOutput(events=first + second)), plan_detail)

        assert grounded(first, second) == whole.events

    def test_words_in_another_case_are_grounded_as_such(self) -> None:
        (event,) = grounded((), (found("personnel", "RESIGNED"),))

        assert (event.text, event.grounding) == ("resigned", "normalized")

    def test_words_that_stand_nowhere_stay_ungrounded(self) -> None:
        (event,) = grounded((), (found("purchase", "took over everything"),))

        assert (event.grounding, event.end) == ("ungrounded", 0)

    def test_a_place_that_the_engine_knows_is_kept(self) -> None:
        half, work = halves(*asked())[0]
        known = SummaryOutput(events=(found("purchase", "bought", at=23),))

        assert placed(known, half, work) == known


def test_the_second_half_begins_where_a_sentence_does() -> None:
    _, (half, work) = halves(*asked())

    assert work.chunks[half.chunk].start == SECOND_HALF
    assert split_chunks(work.sentences, 10_000)[0].end == work.chunks[half.chunk].end

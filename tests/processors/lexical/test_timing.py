from processors.lexical.timing import EventTimes
from schemas.annotation import EntityMention
from schemas.extraction import Event
from schemas.output import Quote
from tests.processors.works import work_of

TEXT = (
    "Quake kills ten in Bam\n\n3 March 2024\n\nA quake struck Bam on Saturday. "
    "Houses fell and ten people were killed."
)


def event(word: str) -> Event:
    start = TEXT.index(word)
    return Event(
        event_id=word,
        kind="other",
        text=word,
        start=start,
        end=start + len(word),
        grounding="exact",
        salience=0.5,
        confidence=0.5,
    )


def when(word: str, *dates: tuple[str, str]) -> Quote | None:
    mentions = tuple(
        EntityMention(
            mention_id=words,
            entity_id=words,
            kind="date",
            start=TEXT.index(words),
            end=TEXT.index(words) + len(words),
            text=words,
            value=value,
        )
        for words, value in dates
    )
    events = (event("struck"), event("fell"))
    work = work_of(TEXT).model_copy(update={"entities": mentions, "events": events})
    return EventTimes(work).of(event(word))


DATES = (("3 March 2024", "2024-03-03"), ("Saturday", "2024-03-02"))


def test_an_event_may_have_its_time_from_another_sentence() -> None:
    assert when("fell", *DATES) == Quote(text="Saturday", at=TEXT.index("Saturday"))


def test_without_dates_there_is_none() -> None:
    assert when("fell") is None


def test_an_event_that_the_work_does_not_hold_has_none() -> None:
    assert when("ten", *DATES) is None


def test_documents_are_told_apart() -> None:
    assert when("fell", *DATES) is not None
    assert when("fell") is None
    assert when("fell", *DATES) is not None

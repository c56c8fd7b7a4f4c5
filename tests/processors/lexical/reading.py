"""What the local engine makes of a sentence or two, in short."""

from processors.lexical.answering import answer
from processors.summary import plan_summary
from schemas.extraction import Extraction
from schemas.output import FoundEvent, SummaryOutput
from tests.processors.works import PROFILES, event_of, extracted, planned, related, work_of


def told(
    text: str, *marked: tuple[str, ...], profile: str = "news", language: str = "en"
) -> list[FoundEvent]:
    """The events of a text's summary."""
    work = planned(work_of(text, *marked, profile=profile, language=language), plan_summary)
    outputs = [answer(task, work, PROFILES[profile]) for task in work.tasks]
    return [
        event for output in outputs if isinstance(output, SummaryOutput) for event in output.events
    ]


def kinds(text: str, *marked: tuple[str, ...], profile: str = "news", language: str = "en") -> str:
    """The kinds and triggers of the events, as in "purchase:bought personnel:resigned"."""
    events = told(text, *marked, profile=profile, language=language)
    return " ".join(f"{event.kind}:{event.trigger.text}" for event in events)


def polarities(text: str, profile: str = "news", language: str = "en") -> str:
    """The triggers with their polarities."""
    events = told(text, profile=profile, language=language)
    return " ".join(f"{event.trigger.text}:{event.polarity}" for event in events)


def roles(
    text: str, trigger: str, *marked: tuple[str, ...], profile: str = "news", language: str = "en"
) -> dict[str, str]:
    """The words in each role of the event with that trigger; several are joined by " + "."""
    work = related(work_of(text, *marked, profile=profile, language=language))
    event_id = event_of(work, trigger).event_id
    filled: dict[str, str] = {}
    for argument in work.arguments:
        if argument.event_id == event_id:
            earlier = filled.get(argument.role)
            filled[argument.role] = f"{earlier} + {argument.text}" if earlier else argument.text
    return filled


def when_and_where(
    text: str, trigger: str, *marked: tuple[str, ...], profile: str = "news"
) -> tuple[str, str]:
    """The words for the time and the place of the event with that trigger."""
    event = event_of(related(work_of(text, *marked, profile=profile)), trigger)
    return event.time_text, event.place


def links(text: str, *marked: tuple[str, ...], language: str = "en") -> list[str]:
    """The relationships, as in "bought precedes resigned (a day later)"."""
    extraction: Extraction = extracted(work_of(text, *marked, language=language))
    words = {event.event_id: event.text for event in extraction.events}
    return [
        f"{words[link.source_event_id]} {link.kind} {words[link.target_event_id]} ({link.text})"
        for link in extraction.relationships
    ]

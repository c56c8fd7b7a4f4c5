"""When the events of an English document were, as the model of times tells."""

from processors.learned.time_features import Event as Told
from processors.learned.time_features import Story, story_of
from processors.learned.time_tagging import time_tagger
from schemas.extraction import Event
from schemas.output import Quote
from schemas.work import Work

_TIME_KINDS = ("date", "time")


class EventTimes:
    """A document's events beside its dates and times."""

    def __init__(self, work: Work) -> None:
        self._text = work.document.text
        times = [one for one in work.entities if one.kind in _TIME_KINDS]
        events = [one for one in work.events if one.end] if times and work.sentences else []
        self._story: Story = story_of(self._text, work.sentences, times, events)
        self._told: dict[str, Told] = {
            event.event_id: told for event, told in zip(events, self._story.events, strict=True)
        }

    def of(self, event: Event) -> Quote | None:
        """The words that say when an event was, wherever they stand; None where none do.

        Raises:
            ModelFileError: the model is missing or damaged.
        """
        told = self._told.get(event.event_id)
        if told is None:
            return None
        # What only may happen has a date of its sentence where its clause says so: "if they settle,
        # they will meet on Monday".
        beside = event.polarity == "positive"
        moment = time_tagger().moment_of(self._story, told, beside)
        if moment is None:
            return None
        return Quote(text=self._text[moment.start : moment.end], at=moment.start)

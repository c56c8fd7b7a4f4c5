"""When an event of an English text was, by the model of times."""

from functools import cache

from processors.learned.maxent import WEIGHTS, Maxent
from processors.learned.models import ModelFiles, english_models
from processors.learned.time_features import Event, Moment, Story, moments_near, time_features

TASK = "times"
# Labels of an event with a moment.
THEN, ELSEWHEN = "Y", "N"
# A moment is that of an event where the model gives it this much: chosen for F1 on the development
# documents of EventStoryLine by a model of the training ones.
_LEAST_PROBABLE = 0.3
# The same in the event's own sentence, where the rules know ends of clauses and took none.
_LEAST_BESIDE = 0.5


class TimeTagger:
    """Finds the moments of events with one model."""

    def __init__(self, model: Maxent) -> None:
        self._model = model

    def moment_of(self, story: Story, event: Event, beside: bool = True) -> Moment | None:
        """When one of a story's events was; None where no moment of the text tells.

        Args:
            story: the document.
            event: one of its events, for which the rules took no date of its sentence.
            beside: whether one of its sentence may be taken after all, which must be surer.
        """
        near = moments_near(story, event)
        if not near:
            return None
        shares = self._model.shares(time_features(story, event, near))
        least = {True: _LEAST_BESIDE if beside else 2.0, False: _LEAST_PROBABLE}
        likely = [
            (one.get(THEN, 0.0), -at)
            for one, at in zip(shares, near, strict=True)
            if one.get(THEN, 0.0) >= least[story.moments[at].sentence == event.sentence]
        ]
        return story.moments[-max(likely)[1]] if likely else None


@cache
def time_tagger(models: ModelFiles | None = None) -> TimeTagger:
    """The tagger of a folder's model, those that come with millrace by default; loaded once.

    Raises:
        ModelFileError: the model is missing or damaged.
    """
    return TimeTagger(Maxent.from_bytes((models or english_models()).load(TASK, WEIGHTS)))

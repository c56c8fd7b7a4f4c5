"""From what a model wrote to an output of its level, or a problem in words that it can mend."""

import re

from pydantic import ValidationError

from processors.errors import AnswerError
from processors.prompting.answer_shape import (
    Completion,
    DetailAnswer,
    Link,
    Nearby,
    Other,
    Outlined,
    RelationshipAnswer,
    SummaryAnswer,
)
from processors.prompting.fence import mended
from processors.prompting.fields import SHORT
from processors.prompting.prompt import Prompt
from schemas.output import (
    DetailOutput,
    FoundArgument,
    FoundEvent,
    FoundRelationship,
    Output,
    Quote,
    RelationshipOutput,
    SummaryOutput,
)
from schemas.topics import Level

# Servers that hold a model to no schema let it write Markdown around its JSON.
_FENCE = "```"
_LANGUAGE = "json"
# xgrammar lets them stand in strings of bounded length, where JSON does not.
_CONTROL = re.compile(r"[\x00-\x1f]")
_MOST_PROBLEMS = 5
_SHORT_NAMES = frozenset(SHORT.values())


def read_answer(prompt: Prompt, level: Level, text: str) -> Output:
    """The output that a model's answer stands for.

    Args:
        prompt: the one that was answered.
        level: of its task.
        text: what the model wrote: JSON, with white space or a Markdown code block around it.

    Returns:
        The level's output, with events under their ids. A detail output gives back what the prompt
        named, with the places of their triggers, and what the answer says of it. All that fits
        the prompt's schema is read, but for relationships and events that name an unlisted event;
        mentions and arguments without words are left out.

    Raises:
        AnswerError: it is cut off, no JSON, or of another shape, or names what does not exist. The
            message says where, by position or field, and quotes nothing.
    """
    content = _CONTROL.sub(" ", _without_fence(text.strip()))
    try:
        if level == "summary":
            return _summary(SummaryAnswer.model_validate_json(content, context=prompt))
        if level == "detail":
            return _detail(DetailAnswer.model_validate_json(content, context=prompt), prompt)
        return _relationships(
            RelationshipAnswer.model_validate_json(content, context=prompt), prompt
        )
    except ValidationError as error:
        raise AnswerError(_described(error)) from None


def _without_fence(content: str) -> str:
    """What stands in a Markdown code block; all of it where it is none."""
    inside = content.removeprefix(_FENCE)
    if inside == content or not inside.endswith(_FENCE):
        return content
    inside = inside.removesuffix(_FENCE)
    named = inside[: len(_LANGUAGE)].lower() == _LANGUAGE
    return inside[len(_LANGUAGE) :].strip() if named else inside.strip()


def _summary(answer: SummaryAnswer) -> SummaryOutput:
    return SummaryOutput(events=tuple(_outlined(event) for event in answer.events))


def _outlined(event: Outlined) -> FoundEvent:
    return FoundEvent(
        kind=event.kind,
        trigger=_quote(event.trigger),
        summary=mended(event.summary),
        mentions=tuple(_quote(words) for words in event.mentions if words),
        salience=event.salience / 100,
        confidence=event.confidence / 100,
        polarity=event.polarity,
    )


def _detail(answer: DetailAnswer, prompt: Prompt) -> DetailOutput:
    main = prompt.terms.event
    if main is None:
        raise LookupError("the prompt asks about no event: its level is not detail")
    return DetailOutput(
        event=_completed(main, answer.event),
        events=(
            *(_nearby(event, prompt) for event in answer.nearby),
            *(_other(event) for event in answer.others),
        ),
    )


def _nearby(event: Nearby, prompt: Prompt) -> FoundEvent:
    found = _completed(prompt.terms.nearby[event.id], event)
    return found.model_copy(update={"belongs": event.belongs})


def _other(event: Other) -> FoundEvent:
    named = FoundEvent(
        kind=event.kind, trigger=_quote(event.trigger), summary=mended(event.summary)
    )
    return _completed(named, event)


def _completed(known: FoundEvent, completion: Completion) -> FoundEvent:
    return known.model_copy(
        update={
            "confidence": completion.confidence / 100,
            "polarity": completion.polarity,
            "time": _quote(completion.time) if completion.time else None,
            "place": _quote(completion.place) if completion.place else None,
            "arguments": tuple(
                FoundArgument(role=one.role, value=_quote(one.value))
                for one in completion.arguments
                if one.value
            ),
        }
    )


def _relationships(answer: RelationshipAnswer, prompt: Prompt) -> RelationshipOutput:
    return RelationshipOutput(
        relationships=tuple(_link(link, prompt) for link in answer.relationships)
    )


def _link(link: Link, prompt: Prompt) -> FoundRelationship:
    return FoundRelationship(
        kind=link.kind,
        source=prompt.ids[link.source],
        target=prompt.ids[link.target],
        evidence=_quote(link.evidence),
        confidence=link.confidence / 100,
    )


def _quote(words: str) -> Quote:
    return Quote(text=mended(words))


def _described(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_input=False)
    shown = [
        f"{_place(problem['loc'])}: {_reason(problem['type'], problem['msg'])}"
        for problem in problems[:_MOST_PROBLEMS]
    ]
    if len(problems) > len(shown):
        shown.append(f"and {len(problems) - len(shown)} more")
    return "; ".join(shown)


def _place(location: tuple[int | str, ...]) -> str:
    """Where a problem is; a key that the model made up is not repeated."""
    parts = (
        str(part) if isinstance(part, int) or part in _SHORT_NAMES else "?" for part in location
    )
    return ".".join(parts) or "the answer"


def _reason(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such field in the form"
    if kind == "missing":
        return "is missing"
    if kind == "json_invalid" and "EOF while parsing" in message:
        return "is cut off: it ends before its JSON does, give less and end it"
    return message.removeprefix("Value error, ").replace("Invalid JSON", "is no valid JSON")

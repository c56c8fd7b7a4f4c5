"""An output as the answer that a model would write: for scripted models and for tests of reading.

What an answer has no place for is left out: a quote's position, digits below one per cent, and in a
detail answer what its prompt knows already and events that are neither listed nor a part.
"""

from collections.abc import Mapping
from typing import Any

from processors.prompting.fields import SHORT
from processors.prompting.prompt import Prompt
from schemas.output import DetailOutput, FoundEvent, FoundRelationship, Output, Quote


def as_answer(prompt: Prompt, output: Output) -> dict[str, Any]:
    """The answer that ``read_answer`` reads as ``output``: ready to be written as JSON.

    Raises:
        KeyError: a relationship names an event that the prompt does not list.
    """
    if output.level == "summary":
        return _short(events=[_outlined(event) for event in output.events])
    if output.level == "detail":
        return _detail(prompt, output)
    names = {event_id: name for name, event_id in prompt.ids.items()}
    return _short(relationships=[_link(link, names) for link in output.relationships])


def _detail(prompt: Prompt, output: DetailOutput) -> dict[str, Any]:
    listed = {(known.kind, known.trigger): name for name, known in prompt.terms.nearby.items()}
    nearby, others = [], []
    for event in output.events:
        name = listed.get((event.kind, event.trigger))
        completion = _completion(prompt, event)
        if name is not None:
            nearby.append(_short(id=name, belongs=event.belongs) | completion)
        elif event.belongs:
            others.append(_naming(event) | completion)
    return _short(event=_completion(prompt, output.event), nearby=nearby, others=others)


def _naming(event: FoundEvent) -> dict[str, Any]:
    return _short(kind=event.kind, trigger=event.trigger.text, summary=event.summary)


def _outlined(event: FoundEvent) -> dict[str, Any]:
    return _naming(event) | _short(
        mentions=[mention.text for mention in event.mentions],
        salience=round(event.salience * 100),
        confidence=round(event.confidence * 100),
        polarity=event.polarity,
    )


def _completion(prompt: Prompt, event: FoundEvent) -> dict[str, Any]:
    arguments = [_short(role=one.role, value=one.value.text) for one in event.arguments]
    return _short(
        confidence=round(event.confidence * 100),
        polarity=event.polarity,
        time=_words(event.time),
        place=_words(event.place),
        # A profile without roles has no such field.
        **({"arguments": arguments} if prompt.terms.roles else {}),
    )


def _link(link: FoundRelationship, names: Mapping[str, str]) -> dict[str, Any]:
    return _short(
        kind=link.kind,
        source=names[link.source],
        target=names[link.target],
        evidence=link.evidence.text,
        confidence=round(link.confidence * 100),
    )


def _words(quote: Quote | None) -> str:
    return "" if quote is None else quote.text


def _short(**fields: Any) -> dict[str, Any]:
    return {SHORT[name]: value for name, value in fields.items()}

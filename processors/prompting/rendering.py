"""From a task to its prompt: instructions, document, question, from what most prompts share on.

1. The instructions are the same for all documents and levels of a profile.
2. The document part is the same for all levels of a document of one chunk. Of several chunks, a
   summary and the details show theirs; the relationships show sentences in their question.
3. What differs between levels comes last: what the document holds for it, the question, its form.
"""

from collections.abc import Mapping
from typing import NamedTuple

from processors.asking import profile_of
from processors.prompting.answer_form import blank
from processors.prompting.answer_schema import (
    MOST_EVENTS,
    MOST_NEARBY,
    MOST_RELATIONSHIPS,
    Schema,
    answer_schema,
    roles_of,
)
from processors.prompting.event_table import linked_rows, row
from processors.prompting.fence import fenced
from processors.prompting.fields import FIELDS
from processors.prompting.part import part_of
from processors.prompting.prompt import Prompt, Terms
from processors.prompting.versions import PromptTemplates
from processors.ranking import MAIN_SALIENCE
from schemas.extraction import Event
from schemas.output import FoundEvent, Quote
from schemas.profile import Profile
from schemas.task import DetailTask, RelationshipTask, SummaryTask, Task
from schemas.topics import LEVELS, Level
from schemas.work import Work

# Tokens of an answer, with room to spare; Chinese takes more of them for a sentence than English.
_FRAME_TOKENS = 32
_EVENT_TOKENS = 80
_COMPLETION_TOKENS = 150
_LINK_TOKENS = 60
_LINKS_PER_EVENT = 2
MOST_ANSWER_TOKENS = 4096
# Short names have at most three digits, and a table of this size is read to its end.
MOST_LINKED = 200


class _Question(NamedTuple):
    """What a level asks: the values of its template, and what its answer may name."""

    values: dict[str, object]
    tokens: int
    names: dict[str, str]
    event: FoundEvent | None = None
    nearby: Mapping[str, FoundEvent] = {}


class _Fixed(NamedTuple):
    """What all prompts of a profile share: instructions by version, schemas by level."""

    instructions: Mapping[str, str]
    schemas: Mapping[Level, Schema]


class PromptRenderer:
    """Renders the tasks of all levels; the same task over the same work gives the same prompt.

    Args:
        profiles: by name. Their instructions and schemas are made here, once.
        templates: the versions of prompts.

    Raises:
        PromptTemplateError: the instructions of a version can't be rendered for a profile.
    """

    def __init__(self, profiles: Mapping[str, Profile], templates: PromptTemplates) -> None:
        self._profiles = profiles
        self._templates = templates
        # By what a run changes of a profile, too: of a run that is new here, they are made then.
        self._fixed: dict[tuple[str, str | None], _Fixed] = {
            (name, None): self._fix(profile) for name, profile in profiles.items()
        }

    def warm_up(self, version: str) -> tuple[Prompt, ...]:
        """A short prompt of every profile and level, for an engine to compile their schemas by.

        Raises:
            PromptTemplateError: no such version is known here.
        """
        self._templates.require(version)
        return tuple(
            Prompt(
                instructions=self._fixed[name, None].instructions[version],
                document="",
                question=blank(schema),
                schema=schema,
                max_tokens=_FRAME_TOKENS,
            )
            for name in self._profiles
            for schema in self._fixed[name, None].schemas.values()
        )

    def _fixed_of(self, profile: Profile, changes: str | None) -> _Fixed:
        found = self._fixed.get((profile.name, changes))
        if found is None:
            found = self._fixed[profile.name, changes] = self._fix(profile)
        return found

    def _fix(self, profile: Profile) -> _Fixed:
        values = {"profile": profile, "fields": FIELDS}
        return _Fixed(
            instructions={
                version: self._templates.render(version, profile.name, "instructions", values)
                for version in self._templates.versions
            },
            schemas={level: answer_schema(profile, level) for level in LEVELS},
        )

    def render(self, task: Task, work: Work) -> Prompt:
        """The prompt of a task, with the version of prompts that it names.

        Raises:
            PromptTemplateError: a template fails on this document.
            RefusedError: ``unknown_profile``, or ``unserved_model`` for a version not known here.
            LookupError: the work lacks an event that its task asks about.
        """
        profile = profile_of(work, self._profiles)
        events = {event.event_id: event for event in work.events}
        part = part_of(task, work, events)
        version, name = task.prompt_version, profile.name
        document = (
            fenced(self._templates.render(version, name, "document", part._asdict()))
            if part
            else ""
        )
        question = _question(task, work, profile, events)
        fixed = self._fixed_of(profile, work.run.specification.override_of(name))
        schema = fixed.schemas[task.level]
        values = {**question.values, "form": blank(schema), "profile": profile}
        return Prompt(
            instructions=fixed.instructions[version],
            document=document,
            question=self._templates.render(version, name, task.level, values),
            schema=schema,
            max_tokens=min(question.tokens, MOST_ANSWER_TOKENS),
            ids={short: event_id for event_id, short in question.names.items()},
            terms=Terms(
                kinds=tuple(profile.events),
                roles=roles_of(profile),
                relationships=tuple(profile.relationships),
                event=question.event,
                nearby=question.nearby,
            ),
        )


def _question(task: Task, work: Work, profile: Profile, events: dict[str, Event]) -> _Question:
    if isinstance(task, SummaryTask):
        return _summary(task)
    if isinstance(task, DetailTask):
        return _detail(task, work, profile, events)
    return _relationship(task, work, profile)


def _summary(task: SummaryTask) -> _Question:
    affordable = (MOST_ANSWER_TOKENS - _FRAME_TOKENS) // _EVENT_TOKENS
    limit = min(task.event_limit, affordable, MOST_EVENTS)
    return _Question({"limit": limit}, _FRAME_TOKENS + limit * _EVENT_TOKENS, {})


def _detail(task: DetailTask, work: Work, profile: Profile, events: dict[str, Event]) -> _Question:
    main = events.get(task.event_id)
    if main is None:
        raise LookupError(f"the work has no event {task.event_id}, which its task asks about")
    known = [events[event_id] for event_id in task.nearby if event_id in events]
    # Those that are not asked about stay in the work as they are, standing alone.
    closest = sorted(known, key=lambda event: abs(event.start - main.start))[:MOST_NEARBY]
    nearby = sorted(closest, key=lambda event: (event.start, event.end, event.event_id))
    names = _named(nearby)
    roles = profile.events[main.kind].roles
    return _Question(
        {
            "event": row(work, main),
            "nearby": tuple(row(work, event, names[event.event_id]) for event in nearby),
            "roles": {role: roles[role].definition for role in task.roles if role in roles},
        },
        _FRAME_TOKENS + _COMPLETION_TOKENS * (3 + len(nearby)),
        names,
        _found(main),
        {names[event.event_id]: _found(event) for event in nearby},
    )


def _relationship(task: RelationshipTask, work: Work, profile: Profile) -> _Question:
    wanted = set(task.event_ids)
    events = [event for event in work.events if event.event_id in wanted]
    if len(events) > MOST_LINKED:
        # Main events before their parts.
        by_rank = sorted(events, key=lambda event: event.salience < MAIN_SALIENCE)
        kept = {event.event_id for event in by_rank[:MOST_LINKED]}
        events = [event for event in events if event.event_id in kept]
    names = _named(events)
    evidence = task.spans if len(work.chunks) > 1 else ()
    links = min(_LINKS_PER_EVENT * len(events), MOST_RELATIONSHIPS)
    return _Question(
        {
            "events": linked_rows(work, events, names, evidence),
            "kinds": tuple(kind for kind in task.kinds if kind in profile.relationships),
        },
        _FRAME_TOKENS + links * _LINK_TOKENS,
        names,
    )


def _named(events: list[Event]) -> dict[str, str]:
    return {event.event_id: f"e{number}" for number, event in enumerate(events, 1)}


def _found(event: Event) -> FoundEvent:
    """A known event as an answer gives it back, where it says nothing else of it."""
    return FoundEvent(
        kind=event.kind,
        trigger=Quote(text=event.text, at=event.start if event.end else None),
        salience=event.salience,
        confidence=event.confidence,
        polarity=event.polarity,
    )

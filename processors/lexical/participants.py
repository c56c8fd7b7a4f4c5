"""Roles of those whom the model of participants finds, beside what the rules of roles say."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from processors.learned.participant_choosing import DOER, UNDERGOER, Participant, Parts
from processors.lexical.english_triggers import OTHER
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger
from schemas.profile import Role

# What the rules alone find for a listed kind is left out where the model thinks so little of it.
_LEAST_PROBABLE = 0.1
# Kinds that a noun phrase without a name can stand for: "its founder", "the company".
_DESCRIBED = frozenset({"person", "organization"})
# Roles of these are found by rules alone: a price is no participant.
_COUNTED = frozenset({"money", "percent", "number"})


class Filler(NamedTuple):
    """Words in a role: ``[start, end)`` in code points."""

    role: str
    start: int
    end: int


def with_participants(
    sentence: Sentence,
    trigger: Trigger,
    roles: Mapping[str, Role],
    ruled: Iterable[Filler],
    parts: Parts,
) -> list[Filler]:
    """What fills an event's roles: those whom the model finds, in the roles that fit.

    Whom the rules found, too, keeps the rules' role. Another gets the first that fits.

    Args:
        sentence: with the event.
        trigger: the event's.
        roles: of its kind.
        ruled: what the rules found.
        parts: what the model found.
    """
    found: list[Filler] = []
    left = list(ruled)
    for one in parts.participants:
        words = _span(sentence, one.first, one.last)
        same = [filler for filler in left if filler.start < words[1] and words[0] < filler.end]
        if same:
            left = [filler for filler in left if filler not in same]
            # Of a list the rules have each name.
            found += same if len(same) > 1 else [Filler(same[0].role, *words)]
        elif role := _role(sentence, trigger, roles, one):
            found.append(Filler(role, *words))
    for filler in left:
        if _is_kept(sentence, trigger, roles[filler.role], filler, parts) and _is_apart(
            filler, found
        ):
            found.append(filler)
    return found


def _is_kept(
    sentence: Sentence, trigger: Trigger, role: Role, filler: Filler, parts: Parts
) -> bool:
    """Whether what the rules alone found counts."""
    if _COUNTED.intersection(role.entities):
        return True
    if trigger.kind == OTHER:
        return False
    if not (trigger.is_verb or trigger.is_noun):
        return True
    inside = [
        place
        for place, token in enumerate(sentence.tokens)
        if token.start < filler.end and filler.start < token.end
    ]
    return parts.probability(inside[0], inside[-1]) >= _LEAST_PROBABLE


def _is_apart(filler: Filler, others: Iterable[Filler]) -> bool:
    return all(filler.end <= one.start or one.end <= filler.start for one in others)


def _role(
    sentence: Sentence, trigger: Trigger, roles: Mapping[str, Role], one: Participant
) -> str | None:
    """The first role that fits a participant; of kind ``other`` one does whoever it is."""
    fitting = [
        name for name, role in roles.items() if trigger.kind == OTHER or _fits(sentence, role, one)
    ]
    preposition = sentence.word(one.first - 1)
    for name in fitting:
        if preposition in roles[name].prepositions.get("en", ()):
            return name
    return next((name for name in fitting if _stands(roles[name], one.part)), None) or (
        fitting[-1] if fitting and trigger.kind == OTHER else None
    )


def _stands(role: Role, part: str) -> bool:
    """Whether a role is one of those who do, or of those to whom it is done."""
    if role.position == "any":
        return not role.prepositions and part in (DOER, UNDERGOER)
    return part == (DOER if role.position == "before" else UNDERGOER)


def _fits(sentence: Sentence, role: Role, one: Participant) -> bool:
    owner = sentence.owner[one.head]
    if owner is None:
        return not role.entities or not _DESCRIBED.isdisjoint(role.entities)
    return not role.entities or owner.kind in role.entities


def _span(sentence: Sentence, first: int, last: int) -> tuple[int, int]:
    return sentence.tokens[first].start, sentence.tokens[last].end

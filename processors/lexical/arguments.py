"""Arguments: which words beside a trigger play which of its kind's roles."""

from collections.abc import Iterator, Mapping

from processors.learned.participant_choosing import Parts
from processors.lexical.english import (
    CLAUSE_SIGNS,
    COORDINATORS,
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    SENTENCE_SIGNS,
    SUBORDINATORS,
    TIME_NOUNS,
)
from processors.lexical.participants import Filler, with_participants
from processors.lexical.phrases import Phrase, phrase_after, phrase_before, phrase_ending_at
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger
from schemas.annotation import EntityMention
from schemas.output import FoundArgument, Quote
from schemas.profile import Role

# Kinds that a noun phrase without a name can stand for: "its founder", "the company".
_DESCRIBED = frozenset({"person", "organization"})
# Amounts: taken from anywhere behind the trigger. A bare number must stand in its phrase.
_AMOUNTS = frozenset({"money", "percent"})
_JOINING = frozenset({"and", "or", ","})
_PREPOSITION_REACH = 14
_CLAUSE_WORDS = 16
_BOUNDARIES = (SUBORDINATORS - PREPOSITIONS) | CLAUSE_SIGNS | SENTENCE_SIGNS


def find_arguments(
    sentence: Sentence,
    trigger: Trigger,
    triggers: list[Trigger],
    roles: Mapping[str, Role],
    parts: Parts | None = None,
) -> tuple[FoundArgument, ...]:
    """What fills the roles of a trigger's kind, in the order of the text; no words twice.

    Args:
        sentence: with all its triggers marked as taken.
        trigger: whose arguments are looked for.
        triggers: all triggers of the sentence, in order.
        roles: the roles of its kind; where two could have the same words, the first gets them.
        parts: what a model says belongs to the event; None where none was asked.
    """
    finder = _Finder(sentence, trigger, triggers)
    ruled = [Filler(name, *one) for name, role in roles.items() for one in finder.fillers(role)]
    filled = ruled if parts is None else with_participants(sentence, trigger, roles, ruled, parts)
    return tuple(
        FoundArgument(
            role=one.role, value=Quote(text=sentence.text[one.start : one.end], at=one.start)
        )
        for one in sorted(filled, key=lambda one: one.start)
    )


class _Finder:
    """The places beside one trigger, each given away once."""

    def __init__(self, sentence: Sentence, trigger: Trigger, triggers: list[Trigger]) -> None:
        self._sentence = sentence
        self._trigger = trigger
        self._used: set[int] = set()
        place = triggers.index(trigger)
        self._earlier = triggers[:place]
        behind = triggers[place + 1 :]
        verb = next((other for other in behind if other.is_verb), None)
        self._limit = min(
            verb.first if verb else len(sentence.words), trigger.last + _PREPOSITION_REACH
        )

    def fillers(self, role: Role) -> list[tuple[int, int]]:
        """The spans that play a role."""
        prepositions = role.prepositions.get("en", ())
        if filler := self._clause(role):
            return [filler]
        amount = bool(_AMOUNTS.intersection(role.entities))
        phrases = [*self._beside(role, bool(prepositions)), *self._announced(prepositions, amount)]
        for phrase in phrases:
            if filler := self._fill(phrase, role):
                return [filler, *self._coordinated(phrase, role)]
        if self._trigger.is_noun and "number" in role.entities:
            return self._number()
        if amount and not prepositions:
            return self._amount(role)
        return []

    def _beside(self, role: Role, announced_too: bool) -> Iterator[Phrase]:
        if role.position == "any" and announced_too:
            return
        if self._trigger.is_noun:
            yield from self._beside_noun(role)
        elif self._trigger.is_verb:
            yield from self._beside_verb(role)

    def _beside_verb(self, role: Role) -> Iterator[Phrase]:
        sentence, trigger = self._sentence, self._trigger
        if trigger.is_passive:
            if role.position == "before":
                yield from self._announced(("by",))
            elif sentence.word(trigger.first - 1) == ",":
                # "Widget, bought by Acme, ..."
                if phrase := phrase_ending_at(sentence, trigger.first - 2):
                    yield phrase
            elif phrase := self._subject():
                yield phrase
            return
        if role.position != "before" and (phrase := phrase_after(sentence, trigger.last + 1)):
            yield phrase
        if role.position != "after" and (phrase := self._subject()):
            yield phrase

    def _beside_noun(self, role: Role) -> Iterator[Phrase]:
        if role.entities and (phrase := self._possessor()):
            yield phrase
        behind = self._trigger.last + 1
        announcing = ("by",) if role.position == "before" else ("of", "against")
        if self._sentence.word(behind) in announcing:
            if phrase := phrase_after(self._sentence, behind + 1):
                yield phrase
        elif role.position == "before":
            yield from self._announced(announcing)

    def _subject(self) -> Phrase | None:
        """The phrase before the verb; of a second verb ("bought X and fired Y") the first's."""
        sentence = self._sentence
        for trigger in (self._trigger, *reversed(self._earlier)):
            if not trigger.is_verb:
                continue
            if phrase := phrase_before(sentence, trigger.first):
                return phrase
            before = sentence.before_adverbs(trigger.first - 1)
            if sentence.word(before) not in COORDINATORS and sentence.word(before) != ",":
                return None
        return None

    def _possessor(self) -> Phrase | None:
        sentence = self._sentence
        position = self._trigger.first - 1
        while sentence.is_nominal(position) and sentence.word(position) != "'s":
            position -= 1
        if sentence.word(position) in POSSESSIVES:
            return Phrase(position, position, position)
        if sentence.word(position) != "'s":
            return None
        last = first = position - 1
        while sentence.is_nominal(first - 1) and sentence.owner[first - 1] is sentence.owner[last]:
            first -= 1
        if sentence.word(first - 1) in DETERMINERS:
            first -= 1
        return Phrase(first, last, last) if sentence.is_nominal(last) else None

    def _announced(self, prepositions: tuple[str, ...], amount: bool = False) -> Iterator[Phrase]:
        sentence = self._sentence
        for position in range(self._trigger.last + 1, self._limit):
            word = sentence.words[position]
            if word in _BOUNDARIES:
                return
            if word not in prepositions:
                continue
            if word == "of" and not (amount or self._ends_object(position - 1)):
                continue
            if word == "to" and not self._opens_noun(position + 1):
                continue
            if phrase := phrase_after(sentence, position + 1):
                yield phrase

    def _clause(self, role: Role) -> tuple[int, int] | None:
        """What a phrase like "could you" introduces, for a role that no kind of entity fills."""
        trigger, sentence = self._trigger, self._sentence
        if trigger.is_verb or trigger.is_noun or role.entities or role.position != "after":
            return None
        first = end = trigger.last + 1
        while end < len(sentence.words) and end - first < _CLAUSE_WORDS:
            if sentence.words[end] in _BOUNDARIES or sentence.words[end] == ",":
                break
            end += 1
        if end == first:
            return None
        return sentence.tokens[first].start, sentence.tokens[end - 1].end

    def _opens_noun(self, position: int) -> bool:
        """Whether a phrase begins behind "to", and not an infinitive."""
        sentence = self._sentence
        word = sentence.word(position)
        named = position < len(sentence.owner) and sentence.owner[position] is not None
        return named or word in DETERMINERS or word in PRONOUNS or sentence.is_capitalized(position)

    def _ends_object(self, position: int) -> bool:
        """Whether an "of" behind ``position`` goes with the trigger: "accused Ann of fraud"."""
        if position == self._trigger.last:
            return True
        owner = self._sentence.owner[position]
        named = owner is not None and owner.kind in _DESCRIBED
        return named or self._sentence.words[position] in PRONOUNS

    def _number(self) -> list[tuple[int, int]]:
        """The number in the noun's own phrase: "a magnitude 6.8 earthquake"."""
        sentence = self._sentence
        position = self._trigger.first - 1
        while sentence.is_nominal(position):
            owner = sentence.owner[position]
            if owner is not None and owner.kind == "number" and self._free(position, position):
                self._used.add(position)
                return [(owner.start, owner.end)]
            position -= 1
        return []

    def _amount(self, role: Role) -> list[tuple[int, int]]:
        sentence = self._sentence
        for position in range(self._trigger.last + 1, self._limit):
            owner = sentence.owner[position]
            if owner is not None and owner.kind in role.entities and self._free(position, position):
                self._used.add(position)
                return [(owner.start, owner.end)]
        return []

    def _fill(self, phrase: Phrase, role: Role) -> tuple[int, int] | None:
        """The words of a phrase that can play the role; they are used up."""
        sentence = self._sentence
        if not self._free(phrase.first, phrase.head):
            return None
        named = [m for m in phrase.mentions(sentence) if m.kind in role.entities]
        if named:
            self._use(phrase)
            return named[-1].start, named[-1].end
        if apposed := self._apposed(phrase, role):
            self._use(phrase)
            return apposed.start, apposed.end
        if role.entities and not _DESCRIBED.intersection(role.entities):
            return None
        if sentence.words[phrase.head] in TIME_NOUNS:
            return None
        owner = sentence.owner[phrase.head]
        counted = owner is not None and owner.kind == "number" and "person" in role.entities
        if owner is not None and role.entities and not counted:
            return None
        self._use(phrase)
        return sentence.tokens[phrase.first].start, sentence.tokens[phrase.last].end

    def _apposed(self, phrase: Phrase, role: Role) -> EntityMention | None:
        """The name between commas behind a phrase: "its founder, Ann Lee, resigned"."""
        position = phrase.last + 2
        name = self._name_at(position, role)
        if name is None or self._sentence.word(phrase.last + 1) != ",":
            return None
        while self._owner(position) is name:
            position += 1
        return name if self._sentence.word(position) in (",", ".", "") else None

    def _coordinated(self, phrase: Phrase, role: Role) -> Iterator[tuple[int, int]]:
        """Further names of a list, as in "Ann Lee, Bob Ray and Cy Fox"."""
        for step, edge in ((-1, phrase.first), (1, phrase.last)):
            names: list[EntityMention] = []
            joined = False
            position = edge + step
            while self._sentence.word(position) in _JOINING:
                while self._sentence.word(position) in _JOINING:
                    joined = joined or self._sentence.word(position) != ","
                    position += step
                name = self._name_at(position, role)
                if name is None:
                    break
                names.append(name)
                while self._owner(position) is name:
                    position += step
            # Without an "and", a name behind a comma explains the one before it.
            if joined:
                yield from ((name.start, name.end) for name in names)

    def _name_at(self, position: int, role: Role) -> EntityMention | None:
        owner = self._owner(position)
        if owner is None or owner.kind not in role.entities or not self._free(position, position):
            return None
        return owner

    def _owner(self, position: int) -> EntityMention | None:
        owners = self._sentence.owner
        return owners[position] if 0 <= position < len(owners) else None

    def _free(self, first: int, last: int) -> bool:
        return self._used.isdisjoint(range(first, last + 1))

    def _use(self, phrase: Phrase) -> None:
        self._used.update(range(phrase.first, phrase.last + 1))

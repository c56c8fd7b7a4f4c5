"""Triggers: which words of a sentence tell of an event."""

from dataclasses import dataclass

from processors.learned.word_forms import is_verb
from processors.lexical.english import (
    BE,
    COORDINATORS,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    NOUNS_TOO,
    ORDINALS,
    PREPOSITIONS,
    PRONOUNS,
    SUBJECT_PRONOUNS,
    UNCHANGING,
)
from processors.lexical.lexicon import Entry, Lexicon, bases, lemma
from processors.lexical.sentence import Sentence

# Words inside one of these are part of a name: Crash Records is no accident, March no protest.
NAMES = frozenset(
    {"person", "organization", "place", "url", "email", "address", "date", "time", "money"}
)
# Subjects that look singular and take a plural verb.
_PLURALS = frozenset({"police", "people", "men", "women", "children", "staff"})
_OBJECT_DISTANCE = 4


@dataclass(frozen=True, slots=True)
class Trigger:
    """The words of an event: positions ``first`` to ``last``; ``head`` is the inflected one.

    ``is_verb`` and ``is_noun`` are both False for a phrase that is taken as it stands.
    ``probability`` is a model's, None where none was asked.
    """

    kind: str
    first: int
    last: int
    head: int
    is_verb: bool = False
    is_noun: bool = False
    is_passive: bool = False
    echoes: tuple[tuple[int, int], ...] = ()
    probability: float | None = None


def find_triggers(sentence: Sentence, lexicon: Lexicon) -> list[Trigger]:
    """The triggers of a sentence, in order and apart from each other.

    A noun that is the object of a verb of the same kind ("sign a deal") is an echo of it.
    """
    found: list[Trigger] = []
    position = 0
    while position < len(sentence.words):
        trigger = _trigger_at(sentence, lexicon, position)
        if trigger is None:
            position += 1
            continue
        sentence.taken.update(range(trigger.first, trigger.last + 1))
        position = trigger.last + 1
        if found and _echoes(sentence, found[-1], trigger):
            verb = found[-1]
            found[-1] = Trigger(
                verb.kind,
                verb.first,
                verb.last,
                verb.head,
                is_verb=True,
                is_passive=verb.is_passive,
                echoes=(*verb.echoes, (trigger.first, trigger.last)),
            )
        else:
            found.append(trigger)
    return found


def is_used_as_verb(sentence: Sentence, head: int) -> bool:
    """Whether a word that no lexicon lists is a verb, as far as it and its neighbours tell."""
    word = sentence.words[head]
    base = next((form for form in bases(word, "en")[::-1] if is_verb(form)), "")
    if not base:
        return False
    before = sentence.before_adverbs(head - 1)
    if word.endswith("ing"):
        nominal = sentence.word(before) in DETERMINERS or sentence.word(before) == "'s"
        return not nominal and sentence.word(head + 1) != "of"
    if word not in (base, base + "s", base + "es", base[:-1] + "ies"):
        return not (sentence.word(before) in DETERMINERS and sentence.is_nominal(head + 1))
    return _is_verb_beside(sentence, word, base, before, head + 1)


def _trigger_at(sentence: Sentence, lexicon: Lexicon, position: int) -> Trigger | None:
    owner = sentence.owner[position]
    if owner is not None and owner.kind in NAMES:
        return None
    for base in bases(sentence.words[position], lexicon.language):
        for entry in lexicon.entries.get(base, ()):
            if _words_match(sentence, entry, position, lexicon.language):
                head = position + entry.head
                trigger = _read(sentence, entry, position, head, lexicon.language)
                if trigger is not None:
                    return trigger
    return None


def _words_match(sentence: Sentence, entry: Entry, position: int, language: str) -> bool:
    for place, expected in enumerate(entry.words):
        word = sentence.word(position + place)
        if word != expected and not (place == entry.head and expected in bases(word, language)):
            return False
    return True


def _read(sentence: Sentence, entry: Entry, first: int, head: int, language: str) -> Trigger | None:
    """The trigger, unless the words beside it say that it is another part of speech."""
    last = first + len(entry.words) - 1
    if sentence.word(last + 1) == ":" and sentence.is_capitalized(first):
        # A label, as in the header lines of an e-mail: "Sent: Friday".
        return None
    if entry.part_of_speech == "any" or language != "en":
        return Trigger(entry.kind, first, last, head)
    if _is_adjective(sentence, entry, head):
        return None
    if _is_gerund(sentence, entry, head):
        return Trigger(entry.kind, first, last, head, is_noun=True)
    is_verb = _is_verb(sentence, head, entry)
    if is_verb is not (entry.part_of_speech == "verb"):
        return None
    if is_verb:
        return Trigger(
            entry.kind, first, last, head, is_verb=True, is_passive=_is_passive(sentence, head)
        )
    if _is_modifier(sentence, last):
        return None
    return Trigger(entry.kind, first, last, head, is_noun=True)


def _is_verb(sentence: Sentence, head: int, entry: Entry) -> bool:
    word, base = sentence.words[head], entry.words[entry.head]
    if word.endswith("ing"):
        plain = word != base and not _is_own_word(word)
        return plain or _is_verb_in_ing(sentence, head)
    if base not in NOUNS_TOO:
        return entry.part_of_speech == "verb"
    if word not in (base, base + "s", base + "es", base[:-1] + "ies"):
        return True
    before = sentence.before_adverbs(head - 1)
    return _is_verb_beside(sentence, word, base, before, head + 1)


def _is_adjective(sentence: Sentence, entry: Entry, head: int) -> bool:
    """Whether a participle only describes the next word: "a retired teacher"."""
    word, before, behind = sentence.words[head], sentence.word(head - 1), sentence.word(head + 1)
    return (
        entry.part_of_speech == "verb"
        and word.endswith("ed")
        and (before in DETERMINERS or before in ORDINALS)
        and sentence.is_nominal(head + 1)
        and behind not in ("that", "by")
    )


def _is_gerund(sentence: Sentence, entry: Entry, head: int) -> bool:
    """Whether a verb is used as a noun: "the killing of a guard"."""
    word = sentence.words[head]
    if entry.part_of_speech != "verb" or not word.endswith("ing") or _is_own_word(word):
        return False
    before = sentence.word(sentence.before_adverbs(head - 1))
    return before in DETERMINERS or before == "'s" or sentence.word(head + 1) == "of"


def _is_own_word(word: str) -> bool:
    """Whether a word in -ing is a noun of its own as well: a building, a bombing."""
    return lemma(word, "en") == word


def _is_verb_in_ing(sentence: Sentence, head: int) -> bool:
    """Whether a noun in -ing is a verb after all: "they were meeting", ", bombing the port"."""
    before = sentence.word(sentence.before_adverbs(head - 1))
    if before in DETERMINERS or before == "'s":
        return False
    return before in BE or _opens_object(sentence, head + 1)


def _is_verb_beside(sentence: Sentence, word: str, base: str, before: int, behind: int) -> bool:
    """Decide on a form that is verb and noun by its neighbours."""
    neighbour = sentence.word(before)
    if neighbour in MODALS or neighbour in DO or neighbour == "please":
        return True
    if neighbour == "to":
        return word == base
    if neighbour in SUBJECT_PRONOUNS or neighbour in ("who", "which"):
        return True
    if (
        neighbour in DETERMINERS
        or neighbour in PREPOSITIONS
        or neighbour in BE
        or neighbour in HAVE
        or neighbour == "'s"
    ):
        return False
    if before < 0 or not neighbour[0].isalnum() or neighbour in COORDINATORS:
        return word == base and _opens_object(sentence, behind)
    if word == base:
        plural = neighbour.endswith("s") and lemma(neighbour, "en") != neighbour
        return plural or neighbour in _PLURALS
    return _opens_object(sentence, behind)


def _opens_object(sentence: Sentence, position: int) -> bool:
    word = sentence.word(position)
    return word in DETERMINERS or word in PRONOUNS or sentence.is_capitalized(position)


def _is_passive(sentence: Sentence, head: int) -> bool:
    word = sentence.words[head]
    if word.endswith("ing"):
        return False
    before = sentence.word(sentence.before_adverbs(head - 1))
    if before in BE:
        return before not in ("'s", "'m") or sentence.word(head + 1) == "by"
    # "Widget, bought by Acme": a participle without its auxiliary.
    return sentence.word(head + 1) == "by" and before not in HAVE


def _is_modifier(sentence: Sentence, last: int) -> bool:
    """Whether a noun only qualifies the next one: a fire department is no fire."""
    behind = last + 1
    word = sentence.word(behind)
    if not sentence.is_nominal(behind) or word == "'s" or not word.isalpha():
        return False
    owner = sentence.owner[behind]
    if owner is not None or word in UNCHANGING or sentence.words[last].endswith("s"):
        return False
    return lemma(word, "en") in (word, word[:-1]) and not word.endswith(("ed", "ing"))


def _echoes(sentence: Sentence, verb: Trigger, noun: Trigger) -> bool:
    return (
        verb.is_verb
        and noun.is_noun
        and verb.kind == noun.kind
        and noun.first - verb.last <= _OBJECT_DISTANCE
        and all(
            sentence.word(between) in DETERMINERS or sentence.is_nominal(between)
            for between in range(verb.last + 1, noun.first)
        )
    )

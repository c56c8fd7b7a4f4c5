"""Triggers of an English sentence: the model says which words are events, the lexicon their kinds.

A profile that has the kind ``other`` asks for all events: those that the model finds and the
lexicon does not know are of that kind. Without it only what the lexicon lists is found.
"""

from dataclasses import replace

from processors.learned.event_tagging import LearnedTrigger, Read, TriggerTagger
from processors.learned.word_forms import verb_of
from processors.lexical.lexicon import Lexicon, bases, lemma
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger, find_triggers, is_used_as_verb

OTHER = "other"
# What the lexicon alone takes for an event is none where the model thinks so little of it.
_LEAST_PROBABLE = 0.45


def find_english_triggers(
    sentence: Sentence, lexicon: Lexicon, tagger: TriggerTagger | None
) -> list[Trigger]:
    """The triggers of a sentence, in order and apart from each other.

    Args:
        sentence: its words that belong to triggers of listed kinds, and to verbs, are marked.
        lexicon: of the profile, for English.
        tagger: finds those of no listed kind; None where they are not wanted.
    """
    listed = find_triggers(sentence, lexicon)
    if tagger is None:
        return listed
    read = tagger.read([token.text for token in sentence.tokens])
    left = list(read.triggers)
    agreed = [_agreed(one, left, read) for one in listed]
    found = [
        *(trigger for trigger in agreed if trigger is not None),
        *(_unlisted(sentence, lexicon, learned) for learned in left),
    ]
    for trigger in found:
        if trigger.is_verb:
            sentence.taken.update(range(trigger.first, trigger.last + 1))
    return sorted(found, key=lambda trigger: trigger.first)


def _agreed(listed: Trigger, left: list[LearnedTrigger], read: Read) -> Trigger | None:
    """A listed trigger in the words that the model gives it, which are taken from ``left``.

    A second trigger among its words, or that of its echo, is an echo.
    """
    mains = _taken(left, listed.first, listed.last)
    echoes = []
    for first, last in listed.echoes:
        same = _taken(left, first, last)
        if same:
            echoes += [(one.first, one.last) for one in same]
        elif max(read.probabilities[first : last + 1]) >= _LEAST_PROBABLE:
            echoes.append((first, last))
    if not mains:
        probability = max(read.probabilities[listed.first : listed.last + 1])
        if probability < _LEAST_PROBABLE or _is_overlapped(listed, read):
            return None
        return replace(listed, echoes=tuple(echoes), probability=probability)
    main = next((one for one in mains if one.first <= listed.head <= one.last), mains[0])
    echoes += [(one.first, one.last) for one in mains if one is not main]
    head = listed.head if main.first <= listed.head <= main.last else main.last
    return replace(
        listed,
        first=main.first,
        last=main.last,
        head=head,
        echoes=tuple(sorted(echoes)),
        probability=main.probability,
    )


def _taken(left: list[LearnedTrigger], first: int, last: int) -> list[LearnedTrigger]:
    """The model's triggers that share a word with these positions, no longer left."""
    found = [one for one in left if one.first <= last and first <= one.last]
    for one in found:
        left.remove(one)
    return found


def _is_overlapped(listed: Trigger, read: Read) -> bool:
    return any(one.first <= listed.last and listed.first <= one.last for one in read.triggers)


def _unlisted(sentence: Sentence, lexicon: Lexicon, learned: LearnedTrigger) -> Trigger:
    """What the model alone finds: of a listed kind where a listed verb or noun is behind it."""
    is_verb = is_used_as_verb(sentence, learned.first)
    head = learned.first if is_verb else learned.last
    return Trigger(
        kind=_kind(lexicon, sentence.words[head], is_verb),
        first=learned.first,
        last=learned.last,
        head=head,
        is_verb=is_verb,
        is_noun=not is_verb,
        probability=learned.probability,
    )


def _kind(lexicon: Lexicon, word: str, is_verb: bool) -> str:
    forms = bases(word, lexicon.language)
    made_of = verb_of(lemma(word, lexicon.language))
    for form in (*forms, made_of):
        for entry in lexicon.entries.get(form, ()):
            # A quake that struck is no strike.
            is_other_word = is_verb and entry.part_of_speech == "noun"
            if len(entry.words) == 1 and not is_other_word:
                return entry.kind
    return OTHER

"""Reading a sentence: English by its grammar, other languages the plain way."""

from collections.abc import Sequence
from functools import cached_property

from processors.learned.calibration import calibration_of
from processors.learned.event_tagging import TASK as TRIGGERS
from processors.learned.event_tagging import trigger_tagger
from processors.learned.participant_choosing import Parts, participant_chooser
from processors.lexical.arguments import find_arguments
from processors.lexical.circumstances import time_of
from processors.lexical.english import COORDINATORS, DEFINITE, GOVERNORS, SENTENCE_SIGNS
from processors.lexical.english_triggers import OTHER, find_english_triggers
from processors.lexical.lexicon import Lexicon, lemma
from processors.lexical.outline import Outline, Reader, Surroundings
from processors.lexical.places import place_of
from processors.lexical.plain import PlainReader
from processors.lexical.polarity import polarity
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger
from schemas.annotation import EntityMention, Span
from schemas.profile import Profile

# How sure a trigger is by the sort of word, where no model was asked; only ordered.
_VERB_CERTAINTY = 0.7
_NOUN_CERTAINTY = 0.6
_PHRASE_CERTAINTY = 0.55
# So much white space may stand before a headline.
_MOST_SPACE = 40


class EnglishReader:
    """A sentence in English."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon, profile: Profile) -> None:
        self._sentence = sentence
        self._profile = profile
        self.names_beside = len(sentence.mentions)
        self.is_headline = _is_headline(sentence)
        tagger = trigger_tagger() if OTHER in profile.events else None
        self._triggers = find_english_triggers(sentence, lexicon, tagger)
        self.outlines = [
            self._outline(place, trigger) for place, trigger in enumerate(self._triggers)
        ]

    def words(self, outline: Outline) -> str:
        """The trigger as it stands in the text."""
        return self._sentence.text[outline.start : outline.end]

    def surroundings(self, outline: Outline) -> Surroundings:
        """The arguments, time and place of one of the sentence's events."""
        trigger = self._triggers[outline.place]
        roles = self._profile.events[trigger.kind].roles
        parts = self._parts[outline.place] if self._parts else None
        return Surroundings(
            arguments=find_arguments(self._sentence, trigger, self._triggers, roles, parts),
            time=time_of(self._sentence, trigger.first, trigger.last, self._limit(outline.place)),
            location=place_of(self._sentence, trigger.first, trigger.last, parts),
        )

    @cached_property
    def _parts(self) -> list[Parts]:
        """What belongs to each event, by the models; empty where the profile asks for none."""
        if OTHER not in self._profile.events:
            return []
        return participant_chooser().read(self._sentence, self._triggers)

    def _limit(self, place: int) -> int:
        """Where the next verb that is not joined to this event by "and" or a comma begins."""
        sentence, trigger = self._sentence, self._triggers[place]
        governs = trigger.is_verb and lemma(sentence.words[trigger.head], "en") in GOVERNORS
        if governs and sentence.word(trigger.last + 1) == "to":
            return trigger.last + 1
        for other in self._triggers[place + 1 :]:
            before = sentence.word(sentence.before_adverbs(other.first - 1))
            if other.is_verb and before not in COORDINATORS and before not in (",", "to"):
                return other.first
        return len(sentence.words)

    def _outline(self, place: int, trigger: Trigger) -> Outline:
        tokens = self._sentence.tokens
        certainty = _PHRASE_CERTAINTY
        opening = self._definite_opening(trigger)
        if trigger.is_verb:
            certainty = _VERB_CERTAINTY
        elif trigger.is_noun:
            certainty = _NOUN_CERTAINTY
        if trigger.probability is not None:
            certainty = round(calibration_of(TRIGGERS).of(trigger.probability), 3)
        return Outline(
            kind=trigger.kind,
            place=place,
            start=tokens[trigger.first].start,
            end=tokens[trigger.last].end,
            polarity=polarity(self._sentence, trigger),
            certainty=certainty,
            echoes=tuple((tokens[a].start, tokens[b].end) for a, b in trigger.echoes),
            is_definite=opening >= 0,
            is_apposition=opening > 0 and self._sentence.word(opening - 1) == ",",
            is_verb=trigger.is_verb,
        )

    def _definite_opening(self, trigger: Trigger) -> int:
        """Where a definite noun's phrase begins; -1 for verbs and other nouns."""
        if not trigger.is_noun:
            return -1
        position = trigger.first - 1
        while self._sentence.is_nominal(position) and self._sentence.word(position) != "'s":
            position -= 1
        return position if self._sentence.word(position) in DEFINITE else -1


def _is_headline(sentence: Sentence) -> bool:
    opens = sentence.start < _MOST_SPACE and not sentence.text[: sentence.start].strip()
    return opens and bool(sentence.words) and sentence.words[-1] not in SENTENCE_SIGNS


def read_sentence(
    text: str, span: Span, mentions: Sequence[EntityMention], lexicon: Lexicon, profile: Profile
) -> Reader:
    """Find the events of one sentence.

    Args:
        text: the document's text.
        span: the sentence.
        mentions: those that begin in the sentence, in order, apart from each other.
        lexicon: the profile's, for the text's language.
        profile: whose roles are filled; where it has the kind ``other``, English is read by the
            model of triggers, too.

    Raises:
        ModelFileError: the model is missing or damaged.
    """
    if lexicon.language == "en":
        return EnglishReader(Sentence(text, span, mentions), lexicon, profile)
    return PlainReader(text, span, mentions, lexicon, profile)

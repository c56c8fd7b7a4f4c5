"""What a model of participants is told of an event and a phrase beside it, and of a phrase's cuts.

There is no parser: that a phrase is the subject or the object of a verb is told by what stands
between them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from processors.learned.participant_phrases import Candidate, Cut
from processors.learned.word_forms import verb_of
from processors.learned.word_senses import senses
from processors.lexical.english import (
    BE,
    COORDINATORS,
    DETERMINERS,
    HAVE,
    MODALS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    SUBJECT_PRONOUNS,
    SUBORDINATORS,
)
from processors.lexical.lexicon import lemma
from processors.lexical.phrases import phrase_after, phrase_before
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger

_MOST_WORDS = 16_384
_DISTANCES = (0, 1, 2, 3, 5, 8, 13, 20)
_RELATIVES = frozenset({"who", "which", "that", "whom", "whose"})
_SIGNS = {",": "comma", "(": "bracket", ")": "bracket", ":": "colon", ";": "colon"}
_QUOTES = frozenset({'"', "“", "”", "``", "''", "`"})
# Signs in this order are what a phrase and a trigger have between them, so many at most.
_MOST_SIGNS = 5
_LONGEST_PATH = 4
# So many events back a subject may be shared.
_EARLIER = 4
# What is further away from an event seldom belongs to it.
_WORDS_APART = 18
_PHRASES_BEFORE, _PHRASES_BEHIND = 6, 6
_VERBS_BETWEEN = 2


class SentencePairs:
    """The pairs of one sentence's events and phrases; what they share is counted once.

    Args:
        sentence: with its mentions.
        triggers: its events, in order.
        phrases: its candidates, in order.
    """

    def __init__(
        self, sentence: Sentence, triggers: Sequence[Trigger], phrases: Sequence[Candidate]
    ) -> None:
        self._sentence = sentence
        self._triggers = triggers
        self._phrases = phrases
        self._heads = [one.head for one in phrases]
        self._signs = [_sign(word) for word in sentence.words]
        self._shown = "".join(self._signs)
        self._inside: dict[int, int] = {}
        for place, one in enumerate(triggers):
            self._inside.update(dict.fromkeys(range(one.first, one.last + 1), place))
        size = len(sentence.words)
        self._signs_before = _before(size, (at for at, sign in enumerate(self._signs) if sign))
        self._heads_before = _before(size, self._heads)
        self._events_before = _before(size, (one.first for one in triggers))
        self._verbs_before = _before(size, (one.first for one in triggers if one.is_verb))
        self._subjects = [_subject(sentence, one) for one in triggers]
        self._objects = [_object(sentence, one) for one in triggers]
        self._of_phrase = [self._alone(one) for one in phrases]
        self._of_trigger = [self._event(place) for place in range(len(triggers))]

    def near(self) -> Iterator[tuple[int, int]]:
        """The pairs worth a look: an event's place, and the number of a phrase not far from it."""
        phrases = self._phrases
        for place, trigger in enumerate(self._triggers):
            behind = bisect_left(self._heads, trigger.first)
            start = max(0, behind - _PHRASES_BEFORE)
            for number in range(start, min(len(phrases), behind + _PHRASES_BEHIND)):
                one = phrases[number]
                low, high = sorted((trigger.first, one.head))
                verbs = self._verbs_before[high] - self._verbs_before[low + 1]
                is_near = high - low <= _WORDS_APART and verbs <= _VERBS_BETWEEN
                if is_near and not trigger.first <= one.head <= trigger.last:
                    yield place, number

    def features(self, place: int, number: int) -> list[str]:
        """What holds of the event at ``place`` among the triggers and the phrase ``number``."""
        trigger, phrase = self._triggers[place], self._phrases[number]
        sort, topics = self._of_trigger[place]
        preposition, form, alone = self._of_phrase[number]
        if phrase.head < trigger.first:
            side, low, high = "<", phrase.head + 1, trigger.first
        elif phrase.first > trigger.last:
            side, low, high = ">", trigger.last + 1, phrase.first
        else:
            side, low, high = "=", trigger.first, trigger.first
        at = side + sort
        phrases = min(self._heads_before[high] - self._heads_before[low], 4)
        verbs = min(self._verbs_before[high] - self._verbs_before[low], 3)
        events = min(self._events_before[high] - self._events_before[low], 3)
        signs = self._shown[self._signs_before[low] : self._signs_before[high]]
        slot = self._slot(place, phrase)
        found = [
            "bias",
            at,
            f"d{at}{bisect_right(_DISTANCES, high - low)}",
            f"n{at}{phrases}",
            f"v{at}{verbs}",
            f"e{at}{events}",
            f"path{at}{self._path(low, high)}",
            f"slot={slot}{sort}",
            f"slot={slot}{at}{min(phrases, 2)}",
            f"slot={slot}|{form}",
            f"p{at}{preposition}",
            f"p{side}{preposition}|n{min(phrases, 2)}",
            f"f{at}{form}",
            f"f{at}{form}|n{min(phrases, 2)}",
            f"first={number == 0}{at}",
            f"signs{at}{signs[:_MOST_SIGNS]}",
        ]
        found += [at + one for one in alone]
        found += [f"{side}{one}{slot}" for one in topics]
        if preposition != "-":
            found += [f"{one}|p{preposition}" for one in topics]
        found += [f"has{at}{sign}" for sign in set(signs)]
        if self._sentence.word(phrase.head + 1) == "'s":
            found.append(f"owner{at}{high - low <= 1}{min(phrases, 2)}")
        return found

    def _slot(self, place: int, phrase: Candidate) -> str:
        """The part that rules give the phrase in the event's clause."""
        for name, spans in (("S", self._subjects), ("O", self._objects)):
            span = spans[place]
            if span and span[0] <= phrase.head <= span[1]:
                return name if span[1] == phrase.head or span[2] == phrase.head else f"{name}part"
        # The subject of the verb before, which this one may share.
        for earlier in range(place - 1, max(-1, place - 1 - _EARLIER), -1):
            if self._triggers[earlier].is_verb:
                span = self._subjects[earlier]
                if span and span[2] == phrase.head:
                    return f"S-{self._signs[self._triggers[place].first - 1]}"
                span = self._objects[earlier]
                return "O-" if span and span[2] == phrase.head else "-"
        return "-"

    def _path(self, low: int, high: int) -> str:
        """What stands between an event and a phrase, word by word, where that is little."""
        if high - low > _LONGEST_PATH:
            return "far"
        return "_".join([self._step(at) for at in range(low, high)])

    def _step(self, at: int) -> str:
        if at in self._inside:
            return "V" if self._triggers[self._inside[at]].is_verb else "E"
        word = self._sentence.words[at]
        if word in PREPOSITIONS or word in ("to", "'s", "'") or word in _RELATIVES:
            return word
        return self._signs[at] or "n"

    def _alone(self, phrase: Candidate) -> tuple[str, str, list[str]]:
        """The preposition before a phrase, its form in a word, and what else holds of it."""
        sentence, head = self._sentence, phrase.head
        word = sentence.words[head]
        owner = sentence.owner[head]
        if word in POSSESSIVES and phrase.first == head:
            form = "possessive"
        elif word in _RELATIVES:
            form = "relative"
        elif word in PRONOUNS:
            form = "subject" if word in SUBJECT_PRONOUNS else "pronoun"
        elif owner is not None:
            form = owner.kind
        elif head in self._inside:
            form = "event"
        elif sentence.is_capitalized(head):
            form = "Name"
        elif word[0].isdigit():
            form = "digit"
        else:
            form = "noun"
        opener = sentence.words[phrase.first]
        found = [f"form={form}", f"after={self._after(head + 1)}"]
        if form in ("noun", "event"):
            found += _noun(word)
            found.append(f"open={opener if opener in DETERMINERS else '-'}")
        if form in ("relative", "possessive", "pronoun", "subject"):
            found.append(f"w={word}")
        preposition = sentence.word(phrase.first - 1)
        return preposition if preposition in PREPOSITIONS else "-", form, found

    def _after(self, at: int) -> str:
        if at >= len(self._signs):
            return "end"
        return self._step(at)

    def _event(self, place: int) -> tuple[str, list[str]]:
        """An event's sort in a word, its words, and what it is about."""
        sentence, trigger = self._sentence, self._triggers[place]
        word = sentence.words[trigger.head]
        before = sentence.word(sentence.before_adverbs(trigger.first - 1))
        base = lemma(word, "en")
        if word in _RELATIVES or word in PRONOUNS or word in DETERMINERS:
            sort = "pro"
        elif word in BE:
            sort = "be"
        elif not trigger.is_verb:
            sort = "noun" if trigger.is_noun else "phrase"
        elif word.endswith("ing"):
            sort = "ing"
        elif before == "to":
            sort = "to"
        elif before in BE or (sentence.word(trigger.last + 1) == "by" and before not in HAVE):
            sort = "passive"
        elif word.endswith("ed") and not (
            before in HAVE or before in MODALS or sentence.is_capitalized(trigger.first - 1)
        ):
            sort = "ed"
        else:
            sort = "verb"
        wanted = "n=" if sort == "noun" else "v1="
        found = [f"l={base}", *(one for one in senses(base) if one.startswith(wanted))]
        if trigger.is_noun:
            found.append(f"m={verb_of(base) or base}")
        return sort, found


@lru_cache(_MOST_WORDS)
def _noun(word: str) -> tuple[str, ...]:
    base = lemma(word, "en")
    found = [one for one in senses(base) if one.startswith("n=")]
    if base != word:
        found.append("plural")
    return tuple(found or ["n=?"])


def cut_features(sentence: Sentence, candidate: Candidate, cut: Cut) -> list[str]:
    """What holds of one cut of a phrase, whatever event it belongs to."""
    head, how = candidate.head, cut.how
    owner = sentence.owner[head]
    form = owner.kind if owner else ("Name" if sentence.is_capitalized(head) else "noun")
    end = sentence.owner[cut.last]
    kind = end.kind if end else ("Name" if sentence.is_capitalized(cut.last) else "noun")
    hows = {one.how for one in candidate.cuts}
    opener = sentence.words[candidate.first]
    opening = opener if opener in DETERMINERS else ("Name" if opener.istitle() else "-")
    found = [
        "bias",
        how,
        f"{how}|{form}",
        f"{how}|{form}|{kind}",
        f"{how}|{opening}",
        f"{how}|{sentence.word(head + 1)}",
        f"{how}|{sentence.word(head + 1)}|{form}|{kind}",
        f"{how}|{sentence.word(cut.last + 1)}",
        f"{how}|{min(cut.last - cut.first, 8)}",
    ]
    found += [f"{how}|{one}" for one in _noun(sentence.words[head])]
    found += [f"{how}+{one}" for one in hows if one != how]
    if how == "name":
        word = sentence.word(cut.first - 1)
        found += [f"name|{word if word in DETERMINERS else '-'}|{kind}", f"name<{word}"]
    if how == "part":
        found.append(f"part<{sentence.word(cut.first - 1)[-2:]}")
    return found


def _before(size: int, positions: Iterable[int]) -> list[int]:
    """How many of these lie before each position of a sentence of so many words."""
    marked = [0] * (size + 1)
    for position in positions:
        marked[position + 1] += 1
    return list(accumulate(marked))


def _subject(sentence: Sentence, trigger: Trigger) -> tuple[int, int, int] | None:
    """First and last word of the phrase before a verb, and its head."""
    if not trigger.is_verb:
        return None
    phrase = phrase_before(sentence, trigger.first)
    return (phrase.first, phrase.last, phrase.head) if phrase else None


def _object(sentence: Sentence, trigger: Trigger) -> tuple[int, int, int] | None:
    """The same of the phrase behind it; of a noun, of the one behind "of"."""
    at = trigger.last + 1
    if not trigger.is_verb:
        if sentence.word(at) != "of":
            return None
        at += 1
    phrase = phrase_after(sentence, at)
    return (phrase.first, phrase.last, phrase.head) if phrase else None


def _sign(word: str) -> str:
    if word in COORDINATORS:
        return "&"
    if word in SUBORDINATORS:
        return "c"
    if word in PREPOSITIONS or word == "to":
        return "p"
    if word in _SIGNS:
        return "," if word == "," else "("
    if word in _QUOTES:
        return "q"
    if word in BE or word in HAVE or word in MODALS:
        return "a"
    return ""

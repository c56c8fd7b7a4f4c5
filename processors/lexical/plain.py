"""The plain way, for languages without rules here: word lists, order, and the words beside names.

Chinese and Japanese are written without spaces, so triggers are found as they stand, and what
announces a role stands right before a name in Chinese, right behind it in Japanese.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from processors.lexical.grammar import GRAMMARS, UNKNOWN
from processors.lexical.lexicon import Lexicon
from processors.lexical.outline import Outline, Surroundings
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import NAMES, find_triggers
from processors.span_index import SpanIndex
from schemas.annotation import EntityMention, Span
from schemas.output import FoundArgument, Polarity, Quote
from schemas.profile import Profile, Role

# How many characters beside a trigger still speak of it.
_REACH = 6
_CERTAINTY = 0.5
_AMOUNTS = frozenset({"money", "percent"})
_MEASURES = _AMOUNTS | {"number"}
_CLAUSE_ENDS = "，,；;。、！？!?"
# Between a Japanese name and its particle: a title, as in "president".
_TITLE = re.compile(r"[\u4e00-\u9fff]{0,4}")


class PlainReader:
    """A sentence of a language without rules of its own here."""

    def __init__(
        self,
        text: str,
        span: Span,
        mentions: Sequence[EntityMention],
        lexicon: Lexicon,
        profile: Profile,
    ) -> None:
        self._text = text
        self._span = span
        self._mentions = mentions
        self._lexicon = lexicon
        self._grammar = GRAMMARS.get(lexicon.language, UNKNOWN)
        self._language = lexicon.language
        self._profile = profile
        self.names_beside = len(mentions)
        self.is_headline = False
        self.outlines: list[Outline] = []
        for kind, start, end in self._triggers():
            if self._continues(kind, start):
                self.outlines[-1] = replace(self.outlines[-1], echoes=((start, end),))
            else:
                self.outlines.append(self._outline(kind, start, end))

    def words(self, outline: Outline) -> str:
        """The trigger as it stands in the text."""
        return self._text[outline.start : outline.end]

    def surroundings(self, outline: Outline) -> Surroundings:
        """The arguments, time and place of one of the sentence's events."""
        roles = self._profile.events[outline.kind].roles
        marked = [m for m in self._mentions if m.kind == "place" and self._is_marked(m)]
        times = [m for m in self._mentions if m.kind == "date"]
        return Surroundings(
            arguments=self._arguments(outline, roles),
            time=_nearest(outline, times or [m for m in self._mentions if m.kind == "time"]),
            location=_nearest(outline, marked),
        )

    def _triggers(self) -> Iterator[tuple[str, int, int]]:
        """Kinds and spans in order; the longest where several begin at one place."""
        pattern = self._lexicon.triggers
        if pattern is None:
            sentence = Sentence(self._text, self._span, self._mentions)
            for trigger in find_triggers(sentence, self._lexicon):
                tokens = sentence.tokens
                yield trigger.kind, tokens[trigger.first].start, tokens[trigger.last].end
            return
        names = SpanIndex(m for m in self._mentions if m.kind in NAMES)
        for match in pattern.finditer(self._text, self._span.start, self._span.end):
            kind = self._lexicon.kinds.get(match.group())
            if kind is not None and not any(names.overlapping(match.start(), match.end())):
                yield kind, match.start(), match.end()

    def _continues(self, kind: str, start: int) -> bool:
        if not self.outlines or self._lexicon.triggers is None:
            return False
        last = self.outlines[-1]
        # "Sign" and "agreement" side by side are one event.
        return last.kind == kind and start == last.end and not last.echoes

    def _outline(self, kind: str, start: int, end: int) -> Outline:
        return Outline(
            kind=kind,
            place=len(self.outlines),
            start=start,
            end=end,
            polarity=self._polarity(start, end),
            certainty=_CERTAINTY,
            is_definite=self._ends_with(self._grammar.definite_before, start),
        )

    def _polarity(self, start: int, end: int) -> Polarity:
        grammar = self._grammar
        before = self._text[max(self._span.start, start - _REACH) : start]
        behind = self._text[end : min(self._span.end, end + _REACH)]
        for sign in _CLAUSE_ENDS:
            before = before.rpartition(sign)[2]
            behind = behind.partition(sign)[0]
        if _holds(grammar.negative_before, before) or _holds(grammar.negative_behind, behind):
            return "negative"
        if _holds(grammar.possible_before, before) or _holds(grammar.possible_behind, behind):
            return "possible"
        return "positive"

    def _arguments(self, outline: Outline, roles: Mapping[str, Role]) -> tuple[FoundArgument, ...]:
        """Names that are announced for a role, or stand on its side of the trigger."""
        used: set[int] = set()
        found: list[FoundArgument] = []
        for name, role in roles.items():
            for mention in self._candidates(outline, role):
                if mention.start not in used:
                    used.add(mention.start)
                    quote = Quote(text=mention.text, at=mention.start)
                    found.append(FoundArgument(role=name, value=quote))
                    break
        return tuple(sorted(found, key=lambda argument: argument.value.at or 0))

    def _candidates(self, outline: Outline, role: Role) -> Iterator[EntityMention]:
        fitting = [
            mention
            for mention in self._mentions
            if mention.kind in role.entities and self._takes_part(mention)
        ]
        announcing = role.prepositions.get(self._language, ())
        yield from (mention for mention in fitting if self._is_announced(mention, announcing))
        if role.position == "any" and role.prepositions:
            # Where it stands says nothing; an amount in the same clause still does.
            fitting = [mention for mention in fitting if mention.kind in _AMOUNTS]
        position = role.position
        if position != "any" and self._is_passive(outline):
            position = "after" if position == "before" else "before"
        if self._grammar.behind and not _MEASURES.intersection(role.entities):
            # The verb stands last: who does what to whom is marked, not placed.
            for marks in self._marks(position):
                yield from (mention for mention in fitting if self._is_announced(mention, marks))
            return
        near = [mention for mention in fitting if self._is_near(outline, mention, position)]
        if position != "after":
            yield from reversed([mention for mention in near if mention.end <= outline.start])
        if position != "before":
            yield from (mention for mention in near if mention.start >= outline.end)

    def _marks(self, position: str) -> tuple[tuple[str, ...], ...]:
        """What stands behind a name in a role of that position."""
        subject, target = self._grammar.subject_behind, self._grammar.object_behind
        return {"before": (subject,), "after": (target,)}.get(position, (target, subject))

    def _takes_part(self, mention: EntityMention) -> bool:
        """A place that is marked as one, or the source of a report, plays no other role."""
        grammar = self._grammar
        return not (
            self._is_marked(mention)
            or self._ends_with(grammar.reported_before, mention.start)
            or self._text.startswith(grammar.reported_behind, mention.end)
        )

    def _is_near(self, outline: Outline, mention: EntityMention, position: str) -> bool:
        """Whether no clause ends in between; a subject may stand a clause before."""
        if position == "before" and mention.kind not in _MEASURES:
            return True
        between = self._text[mention.end : outline.start] or self._text[outline.end : mention.start]
        return not any(sign in between for sign in _CLAUSE_ENDS)

    def _is_announced(self, mention: EntityMention, words: tuple[str, ...]) -> bool:
        if not self._grammar.behind:
            return self._ends_with(words, mention.start)
        title = _TITLE.match(self._text, mention.end)
        behind = title.end() if title and mention.kind == "person" else mention.end
        return self._text.startswith(words, behind)

    def _is_passive(self, outline: Outline) -> bool:
        before = self._text[max(self._span.start, outline.start - _REACH) : outline.start]
        grammar = self._grammar
        return _holds(grammar.passive_before, before) or (
            self._text.startswith(grammar.passive_behind, outline.end)
        )

    def _is_marked(self, mention: EntityMention) -> bool:
        grammar = self._grammar
        return self._ends_with(grammar.place_before, mention.start) or (
            self._text.startswith(grammar.place_behind, mention.end)
        )

    def _ends_with(self, words: tuple[str, ...], end: int) -> bool:
        return self._text.endswith(words, self._span.start, end)


def _holds(words: Iterable[str], stretch: str) -> bool:
    return any(word in stretch for word in words)


def _nearest(outline: Outline, mentions: Iterable[EntityMention]) -> Quote | None:
    nearest = min(mentions, key=lambda m: abs(m.start - outline.start), default=None)
    return Quote(text=nearest.text, at=nearest.start) if nearest else None

"""Sentences with their events, marked by a star before each trigger: verbs, or nouns by two."""

from collections.abc import Iterable

from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger
from schemas.annotation import EntityMention, Span


def marked(words: str, *names: tuple[str, str]) -> tuple[Sentence, list[Trigger]]:
    """A sentence and its triggers; ``names`` are pairs of kind and words."""
    parts = words.split()
    text = " ".join(part.lstrip("*") for part in parts)
    sentence = Sentence(text, Span(start=0, end=len(text)), list(_mentions(text, names)))
    triggers = []
    at = 0
    for part in parts:
        place = next(n for n, token in enumerate(sentence.tokens) if token.start >= at)
        at += len(part.lstrip("*")) + 1
        if part.startswith("*"):
            is_noun = part.startswith("**")
            triggers.append(
                Trigger("other", place, place, place, is_verb=not is_noun, is_noun=is_noun)
            )
            if not is_noun:
                sentence.taken.add(place)
    return sentence, triggers


def _mentions(text: str, names: Iterable[tuple[str, str]]) -> Iterable[EntityMention]:
    for kind, words in sorted(names, key=lambda name: text.index(name[1])):
        start = text.index(words)
        yield EntityMention(
            start=start,
            end=start + len(words),
            mention_id=words,
            entity_id=words,
            kind=kind,
            text=words,
        )

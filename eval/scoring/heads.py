"""Heads of spans: the word that decides what a phrase is about, found without a parser."""

import re

from eval.gold import GoldEvent, Span

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
# What begins a part that only describes the words before it.
_DESCRIBING = re.compile(
    r",|;|\(|\b(?:about|after|against|among|at|before|behind|between|by|during|for|from|in|into|"
    r"of|on|over|since|than|that|to|under|until|which|who|whom|whose|with|without)\b",
    re.IGNORECASE,
)


def trigger_head(text: str, event: GoldEvent) -> Span:
    """The head that the corpus marks, else the last word of the trigger."""
    return event.head or last_word(text, event.span)


def phrase_head(text: str, span: Span) -> Span:
    """The last word of a phrase before what describes it: "founder" of "the founder of Acme".

    Good for English noun phrases. A phrase that begins with what would describe it is taken whole.
    """
    words = text[span.start : span.end]
    first = _WORD.search(words)
    cut = _DESCRIBING.search(words, first.end()) if first else None
    return last_word(text, Span(span.start, span.start + cut.start()) if cut else span)


def last_word(text: str, span: Span) -> Span:
    """The last word in a span; the span itself where it has none."""
    words = list(_WORD.finditer(text, span.start, span.end))
    return Span(*words[-1].span()) if words else span


def share_a_character(one: Span, other: Span) -> bool:
    """Whether two spans overlap."""
    return one.start < other.end and other.start < one.end

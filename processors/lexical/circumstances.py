"""When: the date that a sentence gives for a trigger."""

from processors.lexical.clauses import distance, is_parted
from processors.lexical.sentence import Sentence
from schemas.annotation import EntityMention
from schemas.output import Quote

_TIME_KINDS = ("date", "time")
# A date behind one of these is not when it happened: "the strongest since 2014".
_NOT_WHEN = frozenset({"since", "than", "until", "till"})


def time_of(sentence: Sentence, first: int, last: int, limit: int) -> Quote | None:
    """The date nearest to the trigger in its clause, or else the time of day.

    Args:
        sentence: with the clause.
        first: the trigger's first position.
        last: its last.
        limit: where another verb takes over; a date behind it is that one's.
    """
    for kind in _TIME_KINDS:
        mention = _nearest(sentence, kind, first, last, limit)
        if mention is not None:
            return Quote(text=mention.text, at=mention.start)
    return None


def _nearest(
    sentence: Sentence, kind: str, first: int, last: int, limit: int
) -> EntityMention | None:
    best: tuple[int, EntityMention] | None = None
    for position, mention in sentence.mentions:
        before = sentence.word(position - 1)
        if mention.kind != kind or position >= limit or before in _NOT_WHEN:
            continue
        words_between = first - position if position < first else position - last - 1
        if best is not None and words_between >= best[0]:
            continue
        apart = distance(sentence, position, first, last)
        if best is not None and apart >= best[0]:
            continue
        if not is_parted(sentence, position, first, last):
            best = (apart, mention)
    return best[1] if best else None

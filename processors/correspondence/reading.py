"""Mails: what is not their writer's own words is not read for events."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from processors.correspondence.own_words import REASONS, LeftOut, has_mail_headers, left_out
from schemas.annotation import Span
from schemas.document import Document
from schemas.profile import Profile

NOT_READ = "not_read"
_WORDS = {
    "headers": "header lines",
    "quoted": "quoted from other mails",
    "signature": "signatures and disclaimers",
}
# What decoding knows of a mail alone.
_OF_MAIL = "message_id"


class Reading(NamedTuple):
    """A document's sentences: those that are read for events, those that are not, and ``why``."""

    read: tuple[Span, ...]
    unread: tuple[Span, ...] = ()
    why: str = ""


def own_words(document: Document, profile: Profile, sentences: Sequence[Span]) -> Reading:
    """Part the sentences of a mail's own words from what else it holds.

    A mail is what its profile says to be one, what came as ``message/rfc822``, or what begins with
    a mail's headers. Of another document all is read.

    Args:
        document: any.
        profile: the one that it is read for.
        sentences: of its text, in order. Where only a part of one is the mail's own words, the
            sentence is cut.
    """
    text = document.text
    is_mail = profile.is_mail or _OF_MAIL in document.metadata or has_mail_headers(text)
    skipped = left_out(text, document.title) if is_mail else ()
    if not skipped:
        return Reading(tuple(sentences))
    read: list[Span] = []
    unread: list[Span] = []
    for part, is_own in _parts(text, sentences, skipped):
        (read if is_own else unread).append(part)
    if not read:
        return Reading(tuple(sentences))
    return Reading(tuple(read), tuple(unread), _message(text, skipped))


def _parts(
    text: str, sentences: Sequence[Span], skipped: Sequence[LeftOut]
) -> Iterator[tuple[Span, bool]]:
    """The sentences, cut where one of these stretches begins or ends, and whether they are read."""
    ends = [stretch.end for stretch in skipped]
    for sentence in sentences:
        at = sentence.start
        for number in range(bisect_left(ends, at + 1), len(skipped)):
            stretch = skipped[number]
            if stretch.start >= sentence.end:
                break
            yield from ((part, True) for part in _trimmed(text, at, stretch.start))
            inside = max(at, stretch.start), min(stretch.end, sentence.end)
            yield from ((part, False) for part in _trimmed(text, *inside))
            at = stretch.end
        if at == sentence.start:
            yield sentence, True
        else:
            yield from ((part, True) for part in _trimmed(text, at, sentence.end))


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    words = text[start:end]
    if words and not words.isspace():
        start += len(words) - len(words.lstrip())
        yield Span(start=start, end=start + len(words.strip()))


def _message(text: str, skipped: Sequence[LeftOut]) -> str:
    sizes = {
        reason: sum(one.end - one.start for one in skipped if one.reason == reason)
        for reason in REASONS
    }
    parts = ", ".join(f"{size:,} {_WORDS[reason]}" for reason, size in sizes.items() if size)
    return (
        f"{sum(sizes.values()):,} of {len(text):,} characters are not this mail's own words and "
        f"were not read for events: {parts}"
    )

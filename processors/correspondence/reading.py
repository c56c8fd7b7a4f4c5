"""Mails as work: what is not their writer's own words is not read for events."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from processors.asking import finding
from processors.chunks import split_chunks
from processors.correspondence.own_words import REASONS, LeftOut, has_mail_headers, left_out
from schemas.annotation import Span
from schemas.profile import Profile
from schemas.work import Work

NOT_READ = "not_read"
_WORDS = {
    "headers": "header lines",
    "quoted": "quoted from other mails",
    "signature": "signatures and disclaimers",
}
# What decoding knows of a mail alone.
_OF_MAIL = "message_id"


def read_mail(work: Work, profile: Profile) -> Work:
    """A mail with the sentences and chunks of its own words alone, and a finding that says so.

    A mail is what its profile says to be one, what came as ``message/rfc822``, or what begins with
    a mail's headers. Other work stays as it is; entities are those of the whole text.
    """
    document = work.document
    is_mail = profile.is_mail or _OF_MAIL in document.metadata or has_mail_headers(document.text)
    skipped = left_out(document.text, document.title) if is_mail else ()
    if not skipped:
        return work
    sentences = tuple(_outside(document.text, work.sentences, skipped))
    if not sentences:
        return work
    told = finding(work, NOT_READ, "info", "", _message(document.text, skipped))
    return work.model_copy(
        update={
            "sentences": sentences,
            "chunks": split_chunks(sentences, profile.limits.chunk_characters),
            "findings": (*work.findings, told),
        }
    )


def _outside(text: str, sentences: Sequence[Span], skipped: Sequence[LeftOut]) -> Iterator[Span]:
    """The sentences without what they share with these stretches; both are in order."""
    ends = [stretch.end for stretch in skipped]
    for sentence in sentences:
        start = sentence.start
        for at in range(bisect_left(ends, sentence.start + 1), len(skipped)):
            stretch = skipped[at]
            if stretch.start >= sentence.end:
                break
            yield from _trimmed(text, start, stretch.start)
            start = stretch.end
        if start == sentence.start:
            yield sentence
        else:
            yield from _trimmed(text, start, sentence.end)


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

"""Which stretches of a mail are not its writer's own news: they are not read for events.

A mail is taken apart line by line: its own headers, its own words, then the mails below it. Those
are quoted where it answers them. A forward passes the next mail on, so that one is read, too; its
headers are not.

Whatever is not recognised is read: a stretch is only left out for a reason that has a name.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from email_reply_extractor import clean_for_scoring

from processors.correspondence.headers import (
    Headers,
    headers_at,
    is_forward,
    is_reply,
    own_headers,
)
from processors.correspondence.lines import (
    Line,
    attribution_ending,
    divider,
    is_quoted,
    lines_of,
)

Reason = Literal["headers", "quoted", "signature"]
REASONS: tuple[Reason, ...] = ("headers", "quoted", "signature")

# Signatures and disclaimers are looked for in so many last lines of so many mails.
_TAIL_LINES = 40
_MOST_TAILS = 8
# Behind so many lines only marked quotes are looked for: no mail that was written is as long.
_MOST_LINES = 20_000


class LeftOut(NamedTuple):
    """Code points ``start`` to before ``end`` of a text, and why they are not read."""

    start: int
    end: int
    reason: Reason


class _Mail(NamedTuple):
    """One mail of the text: lines ``first`` to before ``behind``, headers apart from its words."""

    first: int
    words: int
    behind: int
    subject: str
    is_passed_on: bool


# Headers that begin a text end within these.
_TOP_CHARACTERS = 8_000


def has_mail_headers(text: str) -> bool:
    """Whether a text begins with the headers of a mail."""
    return own_headers(lines_of(text[:_TOP_CHARACTERS]), text) is not None


def left_out(text: str, subject: str = "") -> tuple[LeftOut, ...]:
    """What of a mail's text is no news of its writer.

    Args:
        text: the mail's; time grows with its length alone.
        subject: of the mail, where its headers are not in the text.

    Returns:
        Stretches in order and apart from each other, whole lines, but for the words of a mail's own
        subject, which are read unless they only repeat that of another. Nothing where no words
        would be left to read.
    """
    lines = lines_of(text)
    own = own_headers(lines, text)
    reasons: list[Reason | None] = [None] * len(lines)
    mails = _mails(lines, own, subject, text, reasons)
    _judge(lines, mails, reasons)
    _mark_signatures(lines, mails, reasons)
    if not any(_has_words(line) for line, reason in zip(lines, reasons, strict=True) if not reason):
        return ()
    return tuple(_stretches(lines, reasons, own if own and not is_reply(own.subject) else None))


def _mails(
    lines: Sequence[Line],
    own: Headers | None,
    subject: str,
    text: str,
    reasons: list[Reason | None],
) -> list[_Mail]:
    """The mails of a text from the top down; marked on the way: headers and marked quotes."""
    at = own.behind if own else 0
    for place in range(at):
        reasons[place] = "headers"
    first, words, about = 0, at, own.subject if own else subject
    is_passed_on = False
    mails: list[_Mail] = []
    while at < len(lines):
        line = lines[at]
        if line.is_blank:
            at += 1
            continue
        if line.content[0] in ">." and is_quoted(line):
            reasons[at] = "quoted"
            at += 1
            continue
        if at >= _MOST_LINES:
            at += 1
            continue
        found = headers_at(lines, at, text)
        begun = found.first if found else _unheaded(lines, at, reasons)
        if begun is None:
            at += 1
            continue
        parted = _divider_above(lines, begun, words)
        top = parted[0] if parted else begun
        mails.append(_Mail(first, words, top, about, is_passed_on))
        is_passed_on = bool(parted and parted[1])
        behind = found.behind if found else at + 1
        for place in range(top, behind):
            reasons[place] = "headers"
        first, words, about = top, behind, found.subject if found else ""
        at = behind
    return [*mails, _Mail(first, words, len(lines), about, is_passed_on)]


def _unheaded(lines: Sequence[Line], at: int, reasons: list[Reason | None]) -> int | None:
    """Where a mail without headers begins: at an attribution whose quote is not marked."""
    first = attribution_ending(lines, at)
    if first is not None:
        following = next((line for line in lines[at + 1 : at + 4] if not line.is_blank), None)
        if following is not None and not is_quoted(following):
            return first
        for place in range(first, at + 1):
            reasons[place] = "quoted"
        return None
    if divider(lines[at]):
        # Headers below it say the same, and are looked at first.
        below = next((k for k in range(at + 1, min(at + 4, len(lines))) if lines[k].content), None)
        if below is not None and not headers_at(lines, below, ""):
            return at
    return None


def _divider_above(lines: Sequence[Line], at: int, lowest: int) -> tuple[int, bool] | None:
    """The line that parts a mail from the one above it, and whether it says that it is forwarded.

    It stands right above the headers, or is the line ``at`` itself.
    """
    for place in range(at, max(lowest, at - 4) - 1, -1):
        if place < at and lines[place].is_blank:
            continue
        if found := divider(lines[place]):
            return place, found.is_forward
        if place < at:
            return None
    return None


def _judge(lines: Sequence[Line], mails: Sequence[_Mail], reasons: list[Reason | None]) -> None:
    """Mark the words of all mails that are only quoted."""
    is_read = True
    for above, mail in pairwise(mails):
        says_nothing = not any(
            _has_words(lines[place]) and not reasons[place]
            for place in range(above.words, above.behind)
        )
        is_read = is_read and (mail.is_passed_on or is_forward(above.subject) or says_nothing)
        if not is_read:
            for place in range(mail.words, mail.behind):
                reasons[place] = reasons[place] or "quoted"


def _mark_signatures(
    lines: Sequence[Line], mails: Sequence[_Mail], reasons: list[Reason | None]
) -> None:
    """Mark what closes a mail that is read: sign-off, signature, disclaimers."""
    for mail in mails[:_MOST_TAILS]:
        open_lines = [place for place in range(mail.words, mail.behind) if not reasons[place]]
        tail = open_lines[-_TAIL_LINES:]
        # Of the lines that the library would drop only those at the end count: a line with a
        # telephone number may well be what the mail asks for.
        contents = [lines[place].content for place in tail]
        ignored = set(clean_for_scoring("\n".join(contents)).ignored_lines)
        for number in range(len(tail) - 1, -1, -1):
            if contents[number] and number not in ignored:
                break
            if number in ignored:
                reasons[tail[number]] = "signature"


def _has_words(line: Line) -> bool:
    return any(character.isalnum() for character in line.content)


def _stretches(
    lines: Sequence[Line], reasons: Sequence[Reason | None], own: Headers | None
) -> Iterable[LeftOut]:
    """Neighbouring lines of one reason as one stretch, without the words of the own subject."""
    start = end = -1
    present: Reason | None = None
    for line, reason in zip(lines, reasons, strict=True):
        subject = own is not None and bool(own.subject) and line.start <= own.subject_start
        is_subject_line = subject and own is not None and own.subject_start < line.end
        if line.is_blank and not is_subject_line and reason is None:
            continue
        if reason != present or is_subject_line:
            if present and start < end:
                yield LeftOut(start, end, present)
            start, present = line.start, reason
        end = line.end
        if is_subject_line and own is not None and present:
            if start < own.subject_start:
                yield LeftOut(start, own.subject_start, present)
            start = end = min(line.end, own.subject_start + len(own.subject))
    if present and start < end:
        yield LeftOut(start, end, present)

"""The lines of a mail, and what each looks like by itself.

What attributions, quotes and dividers look like in several languages the library
email-reply-extractor knows. It is asked about single lines, cut where they are long: what it does
with whole texts takes time that grows with the square of their length, or worse.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from email_reply_extractor.extraction import (
    is_attribution_line,
    is_quote_line,
    strip_after_original_message_divider,
    strip_attribution_lines,
)

# No header, attribution or divider of a mail program is as long.
_LONGEST_CONTENT = 300
_ATTRIBUTION_LINES = 3
# Longer forms of "wrote:" end all attributions that the library knows, and nearly no other line.
_ATTRIBUTION_ENDS = ("wrote:", "のメール:", "écrit :", "écrit:", "escribió:")
_GERMAN_ATTRIBUTION = "schrieb"
_SIGNS = re.compile(r"[\W_]+")
_ORIGINALS = frozenset(
    {"original message", "original appointment", "ursprüngliche nachricht", "message d origine"}
    | {"mensaje original", "oorspronkelijk bericht", "邮件原件", "原始邮件", "元のメッセージ"}
)
_FORWARDS = frozenset(
    {"forwarded message", "begin forwarded message", "forwarded mail", "forwarded by"}
    | {"weitergeleitete nachricht", "anfang der weitergeleiteten nachricht", "message transféré"}
    | {"début du message réexpédié", "mensaje reenviado", "inicio del mensaje reenviado"}
    | {"doorgestuurd bericht", "转发邮件", "转发的邮件", "転送メッセージ"}
)
_FIRST_WORDS = {words.partition(" ")[0] for words in _ORIGINALS | _FORWARDS}
_MAY_DIVIDE = re.compile("|".join(sorted(_FIRST_WORDS)), re.IGNORECASE)


class Line(NamedTuple):
    """A line by its code points, without its end; ``content`` is trimmed, and cut where long."""

    start: int
    end: int
    content: str

    @property
    def is_blank(self) -> bool:
        """Whether it is white space alone."""
        return not self.content


class Divider(NamedTuple):
    """A line above another's mail; a forward passes it on."""

    is_forward: bool


def lines_of(text: str) -> list[Line]:
    """The lines of a text, as LF ends them."""
    found = []
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        content = text[start : min(end, start + _LONGEST_CONTENT)].strip()
        found.append(Line(start, end, content or text[start:end].strip()[:_LONGEST_CONTENT]))
        start = end + 1
    return found


def is_quoted(line: Line) -> bool:
    """Whether a line is marked as a quote: by ``>``, whatever stands before it."""
    return is_quote_line(line.content)


def divider(line: Line) -> Divider | None:
    """What a line that only parts two mails says of the second."""
    content = line.content
    if content[:1].isalnum() and not _MAY_DIVIDE.match(content):
        return None
    words = _SIGNS.sub(" ", content).strip().lower()
    if words in _FORWARDS:
        return Divider(is_forward=True)
    if words in _ORIGINALS or not strip_after_original_message_divider([content]):
        return Divider(is_forward="forward" in words)
    return None


def attribution_ending(lines: Sequence[Line], at: int) -> int | None:
    """Where an attribution begins ("On Monday, Ann wrote:") that ends in line ``at``, if one does.

    It may be wrapped: over three lines at most, none of them blank.
    """
    if not _may_end_attribution(lines[at].content):
        return None
    top = at
    while top > max(0, at - _ATTRIBUTION_LINES + 1) and not lines[top - 1].is_blank:
        top -= 1
    contents = [line.content for line in lines[top : at + 1]]
    if any(map(_is_odd, contents)):
        return None
    for first in range(top, at):
        if not strip_attribution_lines(contents[first - top :]):
            return first
    return at if is_attribution_line(contents[-1]) else None


def _may_end_attribution(content: str) -> bool:
    return content.endswith(_ATTRIBUTION_ENDS) or (
        content.endswith(":") and _GERMAN_ATTRIBUTION in content
    )


def _is_odd(content: str) -> bool:
    """Whether a line has more brackets than an attribution, which the library is slow to refuse."""
    return content.count("<") > _ATTRIBUTION_LINES or content.count(_GERMAN_ATTRIBUTION) > 1

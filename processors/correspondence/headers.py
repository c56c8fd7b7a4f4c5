"""Blocks of header lines inside a mail's text: its own at the top, and those of mails below it."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from processors.correspondence.lines import Line

# By what they mean; in English, German, French, Spanish, Dutch, Chinese and Japanese.
_NAMES = {
    "from": "from|von|de|van|发件人|寄件者|差出人|送信者",
    "sent": "sent|date|gesendet|datum|envoyé|enviado|fecha|verzonden|发送时间|日期|送信日時|日時",
    "to": "to|an|à|para|aan|收件人|宛先",
    "subject": "subject|betreff|objet|asunto|onderwerp|主题|主旨|件名",
    "cc": "cc|bcc|kopie|抄送|抄送人",
}
_SIGNALS = frozenset({"sent", "to", "subject"})
_ALL = _SIGNALS | {"from"}
_FIELD = re.compile(
    r"[*| \t]*(?:"
    + "|".join(f"(?P<{meaning}>{names})" for meaning, names in _NAMES.items())
    + r"|(?P<rest>reply-to|importance|priority|attachments?|message-id|mime-version"
    r"|content-[a-z-]{1,30}|in-reply-to|references|x-[a-z-]{1,30}|return-path|received|sender))"
    r"\*?[ \t]*[:：](?P<value>.*)",
    re.IGNORECASE,
)
# Pdf readers lose the colon behind a subject.
_BARE_SUBJECT = re.compile(r"subject[ \t]{2,}(?P<value>\S.*)", re.IGNORECASE)
_LONGEST_NAME = 40
_MOST_LINES = 60
_MOST_CONTINUED = 8
# What archives put above a mail: in capitals, or with a long number. It is short.
_BANNER = re.compile(r"\b[A-Z]{4,}\b|\d{5}")
_PROSE = re.compile(r"\b(?!of|the|and|for|in|on|by|no)[a-z]{2,}\b")
_MOST_BANNER_LINES = 16
_REPLIED = re.compile(r"\s*(?:re|aw|sv|antw|回复|答复|返信)\s*[:：]", re.IGNORECASE)
_FORWARDED = re.compile(
    r"\s*(?:(?:re|aw)\s*:\s*)?(?:fwd?|wg|tr|rv|doorst|转发|轉寄|転送)\s*[:：]", re.IGNORECASE
)


class Headers(NamedTuple):
    """Header lines ``first`` to before ``behind``; the subject, and where its words stand."""

    first: int
    behind: int
    subject: str = ""
    subject_start: int = 0


def is_reply(subject: str) -> bool:
    """Whether a subject says that its mail answers another."""
    return _REPLIED.match(subject) is not None


def is_forward(subject: str) -> bool:
    """Whether a subject says that its mail passes another on."""
    return _FORWARDED.match(subject) is not None


def own_headers(lines: Sequence[Line], text: str) -> Headers | None:
    """The headers that a mail's text begins with, below blank lines and an archive's banner."""
    above = 0
    for at, line in enumerate(lines[: 2 * _MOST_BANNER_LINES + _MOST_LINES]):
        if line.is_blank:
            continue
        if found := headers_at(lines, at, text):
            return found
        above += 1
        is_banner = _BANNER.search(line.content) or len(line.content.split()) == 1
        if above > _MOST_BANNER_LINES or not is_banner or _PROSE.search(line.content):
            return None
    return None


def headers_at(lines: Sequence[Line], first: int, text: str) -> Headers | None:
    """The block of headers that begins in a line: who, and two of when, to whom, about what.

    Args:
        lines: of the mail.
        first: the line.
        text: that the lines are of.
    """
    if not _may_be_field(lines[first].content) or not _FIELD.match(lines[first].content):
        return None
    met: set[str] = set()
    subject, subject_start = "", 0
    behind, continued = first, 0
    for at in range(first, min(len(lines), first + _MOST_LINES)):
        line = lines[at]
        field = _FIELD.match(line.content)
        meaning = _meaning(field) if field else ""
        about = field if meaning == "subject" else _BARE_SUBJECT.match(line.content)
        if meaning == "from" and "from" in met:
            break
        if about and not subject and (subject := about["value"].strip()):
            subject_start = max(text.find(subject, line.start, line.end), 0)
        if field or about:
            met.add(meaning or "subject")
            behind, continued = at + 1, 0
        elif _goes_on(lines, at, met, continued):
            continued += 1
        else:
            break
    if "from" in met and len(met & _SIGNALS) > 1:
        return Headers(first, behind, subject, subject_start)
    return None


def _may_be_field(content: str) -> bool:
    """Whether a line has a colon where names of headers end: most lines are told by that."""
    return ":" in content[:_LONGEST_NAME] or "：" in content[:_LONGEST_NAME]


def _meaning(field: "re.Match[str]") -> str:
    return next(name for name in (*_NAMES, "rest") if field[name] is not None)


def _goes_on(lines: Sequence[Line], at: int, met: set[str], continued: int) -> bool:
    """Whether a line that is no field may belong to the one above, or only parts two of them.

    A header goes on in lines of its own where it is long; what follows all of them is the mail.
    """
    if continued >= _MOST_CONTINUED:
        return False
    following = (line for line in lines[at + 1 : at + 1 + _MOST_CONTINUED] if not line.is_blank)
    is_before_field = any(_FIELD.match(line.content) for line in islice(following, 2))
    return is_before_field and not (lines[at].is_blank and met >= _ALL)

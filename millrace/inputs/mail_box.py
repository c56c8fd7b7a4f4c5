"""Mails of an mbox, one at a time, in bounded memory.

The standard library's ``mailbox`` goes through all of a box before its first mail, opens it for
writing, knows no lines to name, and takes every line that begins with "From " for a new mail.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

# The line before a mail ends in a time and a year; a sentence that begins with "From" does not.
# A longer line is none, and would be gone through again for every colon in it.
_LONGEST_POSTMARK = 500
_POSTMARK = re.compile(rb"From .*\d\d?:\d\d.*\d{4}\s*$")
_QUOTED = re.compile(rb">+From ")


@dataclass(slots=True)
class BoxedMail:
    """A mail and the line, from 1, of the "From " before it; ``is_whole`` unless it was cut."""

    line: int
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    is_whole: bool = True

    def add(self, line: bytes, most: int) -> None:
        """Take a line, unless the mail would then have over ``most`` bytes."""
        self.size += len(line)
        self.is_whole = self.is_whole and self.size <= most
        if self.is_whole:
            self.lines.append(line[1:] if _QUOTED.match(line) else line)
        else:
            self.lines.clear()

    @property
    def content(self) -> bytes:
        """The mail's bytes, quoted "From " lines as they were written."""
        return b"".join(self.lines)


def _is_postmark(line: bytes) -> bool:
    return len(line) <= _LONGEST_POSTMARK and _POSTMARK.match(line) is not None


def split_box(box: BinaryIO | gzip.GzipFile, most: int) -> Iterator[BoxedMail]:
    """The mails of a box (mboxrd and mboxo); what stands before the first "From " is one too.

    Args:
        box: read a line at a time.
        most: the most bytes of a mail; of a larger one nothing is kept.
    """
    mail, number, is_after_blank = BoxedMail(1), 0, True
    is_new_line = True
    while line := box.readline(most):
        number += is_new_line
        if is_new_line and is_after_blank and _is_postmark(line):
            if mail.size:
                yield mail
            mail = BoxedMail(number)
        else:
            mail.add(line, most)
        is_after_blank = is_new_line and not line.strip()
        is_new_line = line.endswith(b"\n")
    if mail.size:
        yield mail

"""What became of records: every one a row or a letter, and what a letter may say."""

import re
from collections.abc import Iterable

from schemas import topics
from schemas.errors import REFUSAL_KINDS
from schemas.record import Record
from schemas.work import Work
from tests.bad_input.generated import CANARY

Place = tuple[int, int]
# Words of a programmer, which tell a person nothing.
_JARGON = re.compile(
    r"Error\b|Exception|Traceback|unexpected|defect|codec|NoneType|\bdict|\bstr\b|<class|0x[0-9a-f]{4}"
)


def text_header(letter: Record, name: str) -> str:
    """A header of a letter as text."""
    return (letter.header(name) or b"").decode()


def place(letter: Record) -> Place:
    """Where the record that ended as this letter was ingested."""
    if text_header(letter, topics.LETTER_TOPIC) != topics.DOCUMENTS_INGEST:
        origin = Work.from_json(letter.value or b"").origin
        return origin.source_partition, origin.source_offset
    partition = int(text_header(letter, topics.LETTER_PARTITION))
    return partition, int(text_header(letter, topics.LETTER_OFFSET))


def odd_messages(reasons: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of the letters' kinds and messages that a person would not understand."""
    return [one for one in reasons if not _is_plain(*one)]


def _is_plain(kind: str, message: str) -> bool:
    return (
        kind in REFUSAL_KINDS
        and kind != "unexpected"
        and message.isprintable()
        and 10 <= len(message) <= 500
        and len(message.split()) > 2
        and not _JARGON.search(message)
        and CANARY not in message
    )

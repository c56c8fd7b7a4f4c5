"""A document's id: what it may be, and the record's key as one."""

import re

from schemas.document import MAX_ID_CHARACTERS
from schemas.errors import RefusalKind, RefusedError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def decode_key(key: bytes) -> str:
    """A record's key as a document's id.

    Raises:
        RefusedError: ``bad_key``: it is empty, too long, not UTF-8, or has control characters.
    """
    try:
        identity = key.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(
            "bad_key", f"key: not UTF-8 at byte {error.start}: use the document's id as key"
        ) from None
    check_id("bad_key", "key", identity)
    return identity


def check_id(kind: RefusalKind, what: str, identity: str) -> None:
    """Refuse an id that no table should hold; ``what`` says in the message where it stood.

    Raises:
        RefusedError: of ``kind``: it is empty, too long or has control characters.
    """
    if not 0 < len(identity) <= MAX_ID_CHARACTERS:
        raise RefusedError(
            kind, f"{what}: {len(identity)} characters, should be 1 to {MAX_ID_CHARACTERS}"
        )
    control = _CONTROL.search(identity)
    if control:
        raise RefusedError(
            kind,
            f"{what}: control character U+{ord(control.group()):04X} at code point "
            f"{control.start()}: remove it",
        )

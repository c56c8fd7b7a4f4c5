"""A mail's headers as plain values, whatever is broken in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from processors.decoding.charsets import decode_leniently
from processors.decoding.mail_policy import MAX_PARSED
from schemas.document import MAX_ID_CHARACTERS

_NAMES = (
    "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date",
    "message-id", "in-reply-to", "references", "list-id",
)  # fmt: skip
_MAX_CHARACTERS = 10_000
_FOLDED = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]+")
_MESSAGE_ID = re.compile(r"<([^<>]+)>")


@dataclass(frozen=True, slots=True)
class MailHeaders:
    """What is known of a mail by its headers; ``values`` has one line for each that is there."""

    values: Mapping[str, str]
    subject: str
    message_id: str | None
    address: str
    sent_at: datetime | None


def read_headers(message: EmailMessage) -> MailHeaders:
    """Read the headers of a mail, the first of each name; none that is broken raises."""
    raw: dict[str, str] = {}
    for name, value in message.raw_items():
        raw.setdefault(name.lower(), str(value))
    values = {
        name.replace("-", "_"): value
        for name in _NAMES
        if name in raw and (value := _value(message, name, raw[name]))
    }
    return MailHeaders(
        values=values,
        subject=values.get("subject", ""),
        message_id=_message_id(values.get("message_id", "")),
        address=_address(values.get("from", "")),
        sent_at=_moment(raw.get("date", "")),
    )


def plain(value: str) -> str:
    """A header's value on one line, with no lone surrogate, cut where it is very long."""
    value = _SURROGATES.sub("\ufffd", value[: 2 * _MAX_CHARACTERS])
    return _FOLDED.sub(" ", value).strip()[:_MAX_CHARACTERS]


def _value(message: EmailMessage, name: str, raw: str) -> str:
    if _SURROGATES.search(raw):  # bytes outside ASCII: mostly UTF-8 (RFC 6532)
        raw = decode_leniently(raw.encode("utf-8", "surrogateescape"), None)[0]
    elif len(raw) <= MAX_PARSED:
        try:
            return plain(str(message[name]))
        except Exception:  # noqa: S110 - of many kinds: it was not made for broken headers
            pass
    try:
        return plain(str(make_header(decode_header(raw[:_MAX_CHARACTERS]))))
    except Exception:  # of many kinds, unknown charsets among them
        return plain(raw)


def _message_id(value: str) -> str | None:
    """The id between the angle brackets, or all of it; None where it is no document's id."""
    found = _MESSAGE_ID.search(value)
    identity = (found.group(1) if found else value).strip()
    return identity if 0 < len(identity) <= MAX_ID_CHARACTERS else None


def _address(value: str) -> str:
    try:
        return parseaddr(value[:MAX_PARSED])[1] or value[:MAX_PARSED]
    except Exception:  # of many kinds: it was not made for broken addresses
        return ""


def _moment(value: str) -> datetime | None:
    """A date of RFC 5322 in UTC; a broken one is None, one without a zone is taken as UTC."""
    try:
        moment = parsedate_to_datetime(value[:MAX_PARSED])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except Exception:  # of many kinds: it was not made for broken dates
        return None

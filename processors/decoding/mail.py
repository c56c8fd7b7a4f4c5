"""``message/rfc822``: a mail's best text, with its headers and a list of its attachments."""

import json
from email.message import EmailMessage
from email.parser import BytesParser

from processors.decoding.content_type import ContentType
from processors.decoding.mail_headers import MailHeaders, read_headers
from processors.decoding.mail_parts import MailText, attachments, best_text
from processors.decoding.mail_policy import LENIENT
from schemas.document import IngestDocument
from schemas.errors import RefusedError

_PROFILE = "email"
# The parser looks for every boundary that is open in every line.
_MAX_COMPARISONS = 20_000_000


def decode_mail(value: bytes, _: ContentType) -> IngestDocument:
    """Read a mail: its plain text, else its HTML as text; attachments are listed, not read.

    The Message-ID is its id, the subject its title, the address in From its source, Date its
    ``published_at``, the profile is ``email``. ``metadata`` has, where they are given,
    ``from``, ``sender``, ``reply_to``, ``to``, ``cc``, ``bcc``, ``subject``, ``date``,
    ``message_id``, ``in_reply_to``, ``references`` and ``list_id``; ``attachments`` is a JSON list
    of objects with ``name``, ``type`` and ``bytes``; ``decoding`` says what had to be guessed. A
    header that is broken is taken as it stands, or left out: it costs the mail nothing else.

    Raises:
        RefusedError: ``empty``, it has no text; ``malformed``, its parts are nested too deeply.
    """
    message = _parse(value)
    text = best_text(message)
    listed = attachments(message)
    if text is None:
        what = f"no text beside {len(listed)} attached, which are not read" if listed else "no text"
        raise RefusedError("empty", f"mail: {what}")
    headers = read_headers(message)
    return IngestDocument(
        text=text.text,
        id=headers.message_id,
        title=headers.subject,
        profile=_PROFILE,
        published_at=headers.sent_at,
        source=headers.address,
        metadata=_metadata(headers, text, listed),
    )


def _metadata(
    headers: MailHeaders, text: MailText, listed: list[dict[str, str | int]]
) -> dict[str, str]:
    found = dict(headers.values)
    if listed:
        found["attachments"] = json.dumps(listed, ensure_ascii=False)
    if text.guessed:
        found["decoding"] = text.guessed
    return found


def _parse(value: bytes) -> EmailMessage:
    if value.count(b"\n") * value.lower().count(b"boundary=") > _MAX_COMPARISONS:
        raise RefusedError("malformed", "mail: too many parts in too many lines: split it")
    try:
        return BytesParser(EmailMessage, policy=LENIENT).parsebytes(value)
    except RecursionError:
        raise RefusedError("malformed", "mail: parts nested too deeply") from None
    except Exception:  # of many kinds: the parser was not made for broken mail
        raise RefusedError("malformed", "mail: cannot be parsed: mend its headers") from None

"""A mail's parts: the one with its text, and those that are attached."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message

from processors.decoding.charsets import decode_leniently, find_charset, meant_charset
from processors.decoding.mail_headers import plain
from processors.decoding.page_text import parse_page, visible_text
from schemas.errors import RefusedError

_MAX_PARTS = 10_000
_MAX_LISTED = 200
_TEXTS = ("text/plain", "text/html")


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail's text, its lines ending in LF; ``guessed`` says where a charset was not as named."""

    text: str
    guessed: str = ""


def best_text(message: EmailMessage) -> MailText | None:
    """The text of the plain part, else of the HTML part, else of any other inline text.

    None where no part has more than white space.

    Raises:
        RefusedError: ``malformed``, its only text is HTML that is nested too deeply.
    """
    refused: RefusedError | None = None
    for part in _candidates(message):
        try:
            found = _read(part)
        except RefusedError as error:
            refused = refused or error
            continue
        if found.text and not found.text.isspace():
            return found
    if refused:
        raise refused
    return None


def attachments(message: EmailMessage) -> list[dict[str, str | int]]:
    """Names, types and sizes of the attached parts, in their order; mails inside are parts too."""
    listed: list[dict[str, str | int]] = []
    for part in _leaves(message):
        name = _filename(part)
        if _is_inline_text(part) and not name:
            continue
        one: dict[str, str | int] = {"name": name, "type": _type(part)}
        if not part.is_multipart():
            one["bytes"] = len(_content(part))
        listed.append(one)
        if len(listed) == _MAX_LISTED:
            break
    return listed


def _candidates(message: EmailMessage) -> Iterator[Message]:
    for kind in ("plain", "html"):
        try:
            body = message.get_body(preferencelist=(kind,))
        except Exception:  # of many kinds: it was not made for broken mail
            body = None
        if body is not None and not body.is_multipart():
            yield body
    inline = [part for part in _leaves(message) if _is_inline_text(part)]
    yield from sorted(inline, key=lambda part: _TEXTS.index(_type(part)))


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that are no containers; a mail within the mail is one, whatever is in it."""
    waiting: list[Message] = [message]
    for _ in range(_MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list) and not (_type(part).startswith("message/")):
            waiting.extend(one for one in reversed(payload) if isinstance(one, Message))
        else:
            yield part


def _is_inline_text(part: Message) -> bool:
    return _type(part) in _TEXTS and not part.is_multipart() and not _is_attached(part)


def _is_attached(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment"
    except Exception:  # of many kinds: it was not made for broken headers
        return False


def _type(part: Message) -> str:
    try:
        found = plain(part.get_content_type())
    except Exception:  # of many kinds: it was not made for broken headers
        return "text/plain"
    # A container without a boundary in it is read as it stands.
    is_broken = found.startswith("multipart/") and not part.is_multipart()
    return "text/plain" if is_broken else found


def _filename(part: Message) -> str:
    try:
        return plain(part.get_filename() or "")
    except Exception:  # of many kinds: it was not made for broken headers
        return ""


def _read(part: Message) -> MailText:
    try:
        label = str(part.get_content_charset() or "")
    except Exception:  # of many kinds: it was not made for broken headers
        label = ""
    named = find_charset(label) if label else None
    text, used = decode_leniently(_content(part), named)
    right = not label or (named is not None and used in (named, meant_charset(named)))
    guessed = "" if right else f"not in the charset that it names; read as {used}"
    if _type(part) == "text/html":
        return MailText(visible_text(parse_page(text)), guessed)
    return MailText(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""), guessed)


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # of many kinds: it was not made for broken encodings
        content = None
    if isinstance(content, bytes):
        return content
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""

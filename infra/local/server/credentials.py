"""Who may do what: the writer, and the reader who may only read."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.local.server.errors import Code, QueryError


@dataclass(frozen=True)
class Users:
    """The two users. An empty password asks for none; no reader exists without a name."""

    writer: str
    writer_password: str = field(repr=False)
    reader: str
    reader_password: str = field(repr=False)


@dataclass(frozen=True)
class User:
    """Who sent a request."""

    name: str
    is_reader: bool


def authenticate(users: Users, headers: Mapping[str, str], parameters: Mapping[str, str]) -> User:
    """Find the user of a request, from one of the three places ClickHouse takes credentials from.

    Raises QueryError (AUTHENTICATION_FAILED) for wrong credentials, and for several at once.
    """
    name, password = _credentials(headers, parameters)
    writer = hmac.compare_digest(name.encode(), users.writer.encode())
    reader = bool(users.reader) and hmac.compare_digest(name.encode(), users.reader.encode())
    expected = users.writer_password if writer else users.reader_password
    correct = hmac.compare_digest(password.encode(), expected.encode()) or not expected
    if not (writer or reader) or not correct:
        raise QueryError(
            Code.AUTHENTICATION_FAILED,
            f"{name}: Authentication failed: password is incorrect, or there is no user with "
            f"such name",
        )
    return User(name, is_reader=not writer)


def _credentials(headers: Mapping[str, str], parameters: Mapping[str, str]) -> tuple[str, str]:
    own = "X-ClickHouse-User" in headers or "X-ClickHouse-Key" in headers
    basic = headers.get("Authorization")
    url = "user" in parameters or "password" in parameters
    if own + (basic is not None) + url > 1:
        raise QueryError(
            Code.AUTHENTICATION_FAILED,
            "Invalid authentication: it is not allowed to use X-ClickHouse HTTP headers, the "
            "Authorization HTTP header and authentication via parameters simultaneously",
        )
    if own:
        name = headers.get("X-ClickHouse-User", "")
        password = headers.get("X-ClickHouse-Key", "")
    elif basic is not None:
        name, password = _basic(basic)
    else:
        name, password = parameters.get("user", "default"), parameters.get("password", "")
    if not name:
        raise QueryError(Code.AUTHENTICATION_FAILED, "Got an empty user name")
    return name, password


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise QueryError(
            Code.AUTHENTICATION_FAILED,
            f"Invalid authentication: {scheme!r} HTTP Authorization scheme is not supported",
        )
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise QueryError(
            Code.AUTHENTICATION_FAILED, "Invalid authentication: malformed Authorization header"
        ) from error
    return name, password

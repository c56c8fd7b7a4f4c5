"""How the parser of mails reads headers: each in bounded time, whatever its length."""

from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

# The parser of structured headers takes quadratic time, or worse: longer ones are read as text, of
# which type, boundary and file name are found all the same.
MAX_PARSED = 1_000
_MAX_CHARACTERS = 4_000


if TYPE_CHECKING:
    _Standard = EmailPolicy[EmailMessage]
else:
    _Standard = EmailPolicy


class _Bounded(_Standard):
    """The standard policy, for headers of any length."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """A header by its name: parsed, or as text where it is long."""
        if len(value) > MAX_PARSED:
            return "".join(value[:_MAX_CHARACTERS].splitlines())
        return _parsed(name, value)


@lru_cache(maxsize=256)
def _parsed(name: str, value: str) -> Any:
    # A mail's parts are asked for their type again and again.
    return EmailPolicy.header_fetch_parse(LENIENT, name, value)


LENIENT = _Bounded()

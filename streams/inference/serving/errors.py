"""What can go wrong between this process and a server of models.

MillraceError
├── SetupError
│   └── ModelSetupError a setting or the server itself is wrong: trying again changes nothing
├── ThrottledError      the server has no room now
├── ServerFaultError    the server took the call, and no answer came of it
└── UnavailableError
    └── ServerAwayError nothing was reached that could have taken the call

A wrong key or certificate is an AccessError. None of them quotes what a server said: servers repeat
prompts in their messages.
"""

from schemas.errors import MillraceError, SetupError, UnavailableError


class ModelSetupError(SetupError):
    """A setting is wrong, or the server can't do what is needed of it; the message says which."""


class ServerAwayError(UnavailableError):
    """No connection, or a gateway with nothing behind it: the call was never taken."""


class ThrottledError(MillraceError):
    """The server has no room for the call now.

    Args:
        message: where, and the status.
        retry_after_s: what the server asked to wait, None where it did not say.
        overloaded: the server has no room for anyone (503); else for this key (429).
    """

    def __init__(self, message: str, retry_after_s: float | None, *, overloaded: bool) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.overloaded = overloaded


class ServerFaultError(MillraceError):
    """The call was taken and came to nothing: an error of the server, or half an answer."""

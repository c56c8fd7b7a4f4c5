"""Why a replay is refused: always before anything is produced.

ReplayError             the topic holds what cannot be replayed so
└── RequestError        what was asked for cannot be meant: an option is wrong
"""

from schemas.errors import MillraceError


class ReplayError(MillraceError):
    """What is on the topic cannot be replayed as asked."""


class RequestError(ReplayError):
    """What was asked for cannot be meant; the message names the option or the topic."""

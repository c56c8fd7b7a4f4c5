"""What can be wrong with what the processors are given by hand.

MillraceError
└── ProfileError  a profile's file can't be used
"""

from schemas.errors import MillraceError


class ProfileError(MillraceError):
    """A profile that cannot be used; the message names the file, the field and the way out."""

"""Errors of the command beside those of what it calls."""

from schemas.errors import SetupError


class UsageError(SetupError):
    """What the user said cannot be meant: an option, a path, a setting. Exit status 2."""

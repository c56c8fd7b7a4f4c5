"""What can go wrong with the local stack. Every message is one line: what, where, what to do."""

from schemas.errors import MillraceError


class StackError(MillraceError):
    """The local stack cannot do what was asked; the message says what to do about it."""


class NotLoopbackError(StackError):
    """An address of the settings is not on this machine's loopback interface."""


class PortTakenError(StackError):
    """Something that is not ours listens on the port."""


class DownloadError(StackError):
    """Kafka's jars could not be fetched, or what was fetched stays broken."""


class StorageError(StackError):
    """A data folder is in a state that must not be repaired silently."""


class StartError(StackError):
    """A service stopped while starting, or did not answer in time."""


class SettingsChangedError(StackError):
    """A service of this home runs already, with another address or other credentials."""


class BusyError(StackError):
    """Another command is starting or stopping the stack of this home right now."""

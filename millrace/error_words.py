"""What may be said of an error where document text must not go: logs and error reports."""

from schemas.errors import MillraceError

# Their messages name places, codes and sizes. What any other says may quote what it choked on.
_LIBRARIES = frozenset({"aiokafka", "faust", "mode"})


def words(error: BaseException) -> str:
    """An error's message where it can hold no document text, else nothing."""
    of_library = type(error).__module__.partition(".")[0] in _LIBRARIES
    if of_library or isinstance(error, MillraceError | OSError | ImportError | SystemExit):
        return str(error)
    return ""


def described(error: BaseException) -> str:
    """An error in a line: its type, and its message where that holds no document text."""
    said = words(error)
    name = type(error).__name__
    return f"{name}: {said}" if said else name

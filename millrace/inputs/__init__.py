"""Documents from files: what `millrace produce` reads, each with the place it came from."""

from millrace.inputs.files import SUFFIXES, expand
from millrace.inputs.foreign import parse_fields
from millrace.inputs.found import Found, InputError, Reading, Refused
from millrace.inputs.reading import read

__all__ = [
    "SUFFIXES",
    "Found",
    "InputError",
    "Reading",
    "Refused",
    "expand",
    "parse_fields",
    "read",
]

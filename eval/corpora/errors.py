"""What is wrong with a corpus.

CorpusError             a line of it is not what its format says
└── CorpusAbsentError   its files are not there
"""

from schemas.errors import MillraceError


class CorpusError(MillraceError):
    """A corpus cannot be read; the message names the file, the line and what is wrong."""


class CorpusAbsentError(CorpusError):
    """A file is not there; the message names it, the folder and how to say where it is."""

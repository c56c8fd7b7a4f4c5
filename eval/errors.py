"""What cannot be evaluated; what is wrong with a corpus stands in ``eval.corpora.errors``."""

from schemas.errors import MillraceError


class EvaluationError(MillraceError):
    """What was asked for cannot be scored or compared; the message says why and what can."""

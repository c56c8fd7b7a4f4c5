"""Which profile a document without one fits, by a small model of English texts."""

from functools import cache
from typing import NamedTuple

from processors.learned.crf import Crf
from processors.learned.document_features import document_features
from processors.learned.models import ModelFiles, english_models

TASK = "document_type"
# Labels are names of bundled profiles; what is of none of the others is neutral.
NEWS, EMAIL, NEUTRAL = "news", "email", "neutral"


class DocumentType(NamedTuple):
    """The likeliest profile, and how probable it is."""

    profile: str
    probability: float


class DocumentTyper:
    """Tells sorts of documents apart with one model."""

    def __init__(self, crf: Crf) -> None:
        self._crf = crf

    def type_of(self, text: str) -> DocumentType:
        """The profile that a text fits best.

        Args:
            text: in English; of any length.
        """
        return DocumentType(*self._crf.tag([document_features(text)])[0])


@cache
def document_typer(models: ModelFiles | None = None) -> DocumentTyper:
    """The one of a folder's model, those that come with millrace by default; loaded once.

    Raises:
        ModelFileError: the model is missing or damaged.
    """
    return DocumentTyper(Crf((models or english_models()).load(TASK)))

"""Which profile a document without one fits, by a small model of English texts."""

from functools import cache
from operator import itemgetter
from typing import NamedTuple

from processors.learned.document_features import document_features
from processors.learned.maxent import WEIGHTS, Maxent
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

    def __init__(self, model: Maxent) -> None:
        self._model = model

    def type_of(self, text: str) -> DocumentType:
        """The profile that a text fits best.

        Args:
            text: in English; of any length.
        """
        (shares,) = self._model.shares([document_features(text)])
        return DocumentType(*max(shares.items(), key=itemgetter(1)))


@cache
def document_typer(models: ModelFiles | None = None) -> DocumentTyper:
    """The one of a folder's model, those that come with millrace by default; loaded once.

    Raises:
        ModelFileError: the model is missing or damaged.
    """
    return DocumentTyper(Maxent.from_bytes((models or english_models()).load(TASK, WEIGHTS)))

"""What a stage makes of a message: one message, and the topic it continues on."""

from dataclasses import dataclass

from schemas.extraction import Deletion, Extraction
from schemas.work import Work


@dataclass(frozen=True, slots=True)
class Outcome:
    """A message and where it goes next; ``document_id`` becomes the record's key."""

    topic: str
    message: Work | Extraction | Deletion

    @property
    def document_id(self) -> str:
        """The document that the message is about."""
        if isinstance(self.message, Deletion):
            return self.message.document_id
        return self.message.document.document_id

"""The ``local`` engine: events by the profile's word lists and plain rules; no model, no download.

It answers the three levels for English, and in a simpler way for Chinese and Japanese and for
every other language that a profile lists words for. Where there are no words it finds nothing.
"""

from processors.lexical.answering import answer
from processors.lexical.identity import ENGINE, MODEL, MODEL_REVISION

__all__ = ["ENGINE", "MODEL", "MODEL_REVISION", "answer"]

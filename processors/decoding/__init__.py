"""Decoding: the bytes of a record on ``documents.ingest`` become a document with an id.

JSON and plain text are never altered: no normalisation, no trimming, line ends as they are. A mail
and a web page are read: their text is what a reader sees of them, and offsets refer to that.
"""

from processors.decoding.identity import decode_key
from processors.decoding.record import DECODERS, decode_document

__all__ = ["DECODERS", "decode_document", "decode_key"]

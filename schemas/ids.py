"""Identities: hashes of content, never random, so that repeating work repeats its ids."""

from hashlib import sha256

ID_LENGTH = 32


def content_id(*parts: str | int) -> str:
    """The first 32 hex digits of SHA-256 over ``parts``.

    Each part is preceded by its length in bytes, so that ("ab", "c") and ("a", "bc") differ.
    """
    digest = sha256()
    for part in parts:
        encoded = str(part).encode()
        digest.update(b"%d:" % len(encoded))
        digest.update(encoded)
    return digest.hexdigest()[:ID_LENGTH]


def document_id(text: str) -> str:
    """The id of a document that came without one: the first 32 hex digits of its text's SHA-256."""
    return sha256(text.encode()).hexdigest()[:ID_LENGTH]


def letter_id(topic: str, partition: int, offset: int) -> str:
    """The id of the dead letter for a record, from where the record lay at first."""
    return content_id("letter", topic, partition, offset)

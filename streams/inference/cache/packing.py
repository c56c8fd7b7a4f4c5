"""A generation as the bytes that are kept: its fields as JSON, compressed with zstd."""

import json
from dataclasses import asdict

import cramjam

from streams.inference.generation import Generation

_LEVEL = 3


def pack(generation: Generation) -> bytes:
    """The bytes of a generation."""
    content = json.dumps(asdict(generation), ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate is valid in JSON that a model wrote.
    return bytes(cramjam.zstd.compress(content.encode("utf-8", "surrogatepass"), _LEVEL))


def unpack(value: bytes) -> Generation | None:
    """The generation of ``value``, None where it cannot be read."""
    try:
        content = bytes(cramjam.zstd.decompress(value)).decode("utf-8", "surrogatepass")
        return Generation(**json.loads(content))
    except (cramjam.DecompressionError, ValueError, TypeError):
        return None

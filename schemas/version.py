"""Which extraction of a document counts, as one number that orders all of them.

128 bits, most significant first:

| bits | field | meaning |
|---|---|---|
| 44 | ingested_ms | when the text was ingested, in milliseconds since 1970 (to the year 2527) |
| 36 | offset | its offset in its ingest partition: decides within a millisecond |
| 32 | generation | the pass through the pipeline: 0 at ingestion, raised by every replay |
| 16 | revision | the first digits of the revision: makes equal passes decide alike everywhere |

A newer text wins over any pass of an older one, whatever order their rows arrive in.
"""

from datetime import datetime

TIME_BITS = 44
OFFSET_BITS = 36
_GENERATION_BITS = 32
_REVISION_BITS = 16
VERSION_BITS = TIME_BITS + OFFSET_BITS + _GENERATION_BITS + _REVISION_BITS


def document_version(ingested_at: datetime, offset: int, generation: int, revision: str) -> int:
    """The version (UInt128) of one extraction.

    Args:
        ingested_at: the ingested record's timestamp; milliseconds count.
        offset: the ingested record's offset.
        generation: the pass through the pipeline.
        revision: hex digits; the first four are used.

    Raises:
        ValueError: a field is negative or does not fit its bits.
    """
    milliseconds = int(ingested_at.timestamp() * 1000 + 0.5)
    fields = (
        (milliseconds, TIME_BITS, "ingested_at"),
        (offset, OFFSET_BITS, "offset"),
        (generation, _GENERATION_BITS, "generation"),
        (int(revision[:4], 16), _REVISION_BITS, "revision"),
    )
    version = 0
    for value, bits, name in fields:
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{name} {value} does not fit into {bits} bits of a version")
        version = version << bits | value
    return version

"""Dead letters as lines of JSON that lose no byte: key, value and headers in base64."""

import json
from base64 import b64encode

from schemas.letter import Letter


def to_line(letter: Letter) -> str:
    """A letter as a line of JSON, without the line's end."""
    return json.dumps(
        {
            "letter_id": letter.letter_id,
            "stage": letter.stage,
            "kind": letter.kind,
            "message": letter.message,
            "run_id": letter.run_id,
            "document_id": letter.document_id,
            "source_topic": letter.place.topic,
            "source_partition": letter.place.partition,
            "source_offset": letter.place.offset,
            "source_timestamp_ms": letter.place.timestamp_ms,
            "attempt": letter.attempt,
            "failed_at": letter.failed_at.isoformat(),
            "redriven_at": letter.redriven_at and letter.redriven_at.isoformat(),
            "text_version": str(letter.text_version),
            "key": _encoded(letter.key),
            "value": _encoded(letter.value),
            "headers": [[name, _encoded(value)] for name, value in letter.headers],
        }
    )


def _encoded(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()

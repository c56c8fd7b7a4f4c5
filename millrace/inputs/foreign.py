"""Records of another shape, read as documents by the names of their fields."""

import json
from collections.abc import Iterable

from millrace.inputs.found import InputError, Reading
from schemas.document import IngestDocument

_FIELDS = frozenset(IngestDocument.model_fields)


def parse_fields(options: Iterable[str]) -> dict[str, str]:
    """``["id=doc_id"]`` as a mapping from a document's field to that of the records.

    Raises:
        InputError: an option has another form, or names no field of a document.
    """
    fields = {}
    for option in options:
        name, separator, source = option.partition("=")
        if not separator or not source or name not in _FIELDS:
            raise InputError(
                f"--field {option}: should be FIELD=NAME with FIELD one of "
                f"{', '.join(sorted(_FIELDS))}"
            )
        fields[name] = source
    return fields


def mapped(value: bytes, reading: Reading) -> bytes:
    """A foreign record as a document: its own fields by name, the others as ``--field`` says."""
    try:
        record = json.loads(value)
    except (ValueError, RecursionError):
        return value  # the decoder says what is wrong with it, and where
    if not isinstance(record, dict):
        return value
    taken = {name: record[name] for name in _FIELDS if name in record}
    taken |= {name: record.get(source) for name, source in reading.fields.items()}
    used = {*_FIELDS, *reading.fields.values()}
    reading.left_out.update(key for key in record if key not in used)
    plain = {name: _plain(content) for name, content in taken.items() if content is not None}
    return json.dumps(plain).encode()


def _plain(content: object) -> object:
    """A number as its digits: foreign ids are often numbers, ours are strings."""
    is_number = isinstance(content, int | float) and not isinstance(content, bool)
    return str(content) if is_number else content

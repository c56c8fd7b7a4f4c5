"""JSON Schemas of what is on every topic: the contract for producers and readers outside.

``python -m schemas.contracts`` writes them to ``schemas/json``, one file for each topic; a test
holds the files to the models. Topics that carry the same message refer to one file.
"""

import json
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter

from schemas import topics
from schemas.completion import InferenceCall
from schemas.document import IngestDocument
from schemas.errors import RefusalKind
from schemas.extraction import Deletion, Extraction
from schemas.topics import LEVELS, extraction_topic, inference_topic
from schemas.work import Work

FOLDER = Path(__file__).parent / "json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_WORK = "work.json"
_EXTRACTION = "extraction.json"
_OURS = {
    topics.HEADER_CONTENT_TYPE: "application/json",
    topics.HEADER_RUN: "the run",
    topics.HEADER_ATTEMPT: "1, and one more for each redrive",
    topics.HEADER_TRACEPARENT: "W3C Trace Context: as it came with the ingested record, or of the "
    "stage that wrote this one where traces are on",
    topics.HEADER_TRACESTATE: "with it, where there is one",
}
_TRACED = {name: _OURS[name] for name in (topics.HEADER_TRACEPARENT, topics.HEADER_TRACESTATE)}
_LETTER = {
    topics.LETTER_ID: "the letter's id, kept through redrives",
    topics.LETTER_STAGE: "the stage that refused the record",
    topics.LETTER_KIND: f"one of {', '.join(get_args(RefusalKind))}",
    topics.LETTER_MESSAGE: "what was wrong, where, and what to do",
    topics.LETTER_TOPIC: "the topic of the refused record",
    topics.LETTER_PARTITION: "its partition",
    topics.LETTER_OFFSET: "its offset",
    topics.LETTER_TIMESTAMP: "its timestamp, in milliseconds since 1970",
    topics.LETTER_RUN: "its run, where known",
    topics.LETTER_DOCUMENT: "its document, where known",
}


_INGEST_HEADERS = {
    topics.HEADER_CONTENT_TYPE: "optional: application/json where absent; this schema is for JSON",
    topics.HEADER_TRACEPARENT: "optional: W3C Trace Context",
    topics.HEADER_TRACESTATE: "optional: with it",
}
_AS_IT_WAS = {
    "description": "Key, value and headers of the refused record, untouched; the reason is in the "
    "headers that begin with millrace-letter-.",
}
_WORKS = (
    topics.DOCUMENTS_ANNOTATED,
    *(inference_topic("TIER", level) for level in LEVELS),
    *(extraction_topic(level) for level in LEVELS),
)
_EXTRACTIONS = (topics.EXTRACTIONS_VALIDATED, topics.EXTRACTIONS_REVIEW)


def schema_files() -> dict[str, dict[str, Any]]:
    """Every file's name and content. ``TIER`` in a name stands for the name of a tier."""
    extraction = TypeAdapter[Any](Extraction | Deletion).json_schema(mode="serialization")
    calls = InferenceCall.model_json_schema(mode="serialization")
    found = {
        topics.DOCUMENTS_INGEST: (_ingest(), _INGEST_HEADERS),
        **{name: ({"$ref": _WORK}, _OURS) for name in _WORKS},
        **{name: ({"$ref": _EXTRACTION}, _OURS) for name in _EXTRACTIONS},
        topics.INFERENCE_CALLS: (calls, _TRACED),
        topics.DEAD_LETTERS: (_AS_IT_WAS, _LETTER),
    }
    files = {f"{name}.json": _topic(name, *parts) for name, parts in found.items()}
    files[_WORK] = {"$schema": _DIALECT, **Work.model_json_schema(mode="serialization")}
    files[_EXTRACTION] = {"$schema": _DIALECT, **extraction}
    return files


def _ingest() -> dict[str, Any]:
    """Producers read this one: without the titles that repeat a field's name."""
    schema = IngestDocument.model_json_schema(mode="validation")
    for field in schema["properties"].values():
        field.pop("title", None)
    return schema


def _topic(name: str, value: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """A value's schema with what the record around it holds."""
    key = "as it was" if name == topics.DEAD_LETTERS else "the document's id in UTF-8"
    about = {"$schema": _DIALECT, "$comment": f"the value of a record on {name}"}
    return about | value | {"x-kafka-key": key, "x-kafka-headers": headers}


def render(schema: dict[str, Any]) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Write all files anew, and remove those of topics that are no more."""
    FOLDER.mkdir(exist_ok=True)
    files = schema_files()
    for file in FOLDER.glob("*.json"):
        if file.name not in files:
            file.unlink()
    for name, schema in files.items():
        (FOLDER / name).write_text(render(schema), "utf-8")


if __name__ == "__main__":
    write()

"""Small corpora written for a test, in the formats of the real ones."""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from eval.gold import GoldDocument, Span

Json = Mapping[str, object]


def write_records(folder: Path, file: str, records: Iterable[Json]) -> None:
    """JSON lines, compressed where the name says so."""
    write_text(folder, file, "".join(f"{json.dumps(record)}\n" for record in records))


def write_text(folder: Path, file: str, text: str) -> None:
    """A text file, compressed where its name says so."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def at(text: str, words: str) -> list[int]:
    """Where words stand first in a text."""
    start = text.index(words)
    return [start, start + len(words)]


def cat_document(
    name: str,
    sentences: Sequence[str],
    mentions: Sequence[tuple[str, str, str | list[str], Json] | tuple[str, str, str, Json]],
    instances: Sequence[tuple[str, str, Json, list[str]]] = (),
    relations: Sequence[tuple[str, str, str, Json]] = (),
    first: int = 0,
) -> Json:
    """A document as MEANTIME, EventStoryLine and ECB+ are written.

    Args:
        name: of the document.
        sentences: each stands on a line of its own.
        mentions: id, tag, words or parts of them, attributes.
        instances: id, tag, attributes, mentions.
        relations: type, source, target, attributes.
        first: the number of the first sentence.
    """
    text = "\n".join(sentences)
    borders = {number: at(text, sentence) for number, sentence in enumerate(sentences, start=first)}
    written = []
    for mention, tag, words, attrs in mentions:
        parts = [words] if isinstance(words, str) else words
        spans = [at(text, part) for part in parts]
        inside = [number for number, (start, end) in borders.items() if start <= spans[0][0] < end]
        written.append(
            {"id": mention, "tag": tag, "spans": spans, "sentence": inside[0], "attrs": attrs}
        )
    return {
        "doc_id": name,
        "text": text,
        "sentences": borders,
        "mentions": written,
        "instances": [
            {"id": one, "tag": tag, "attrs": attrs, "mentions": meant}
            for one, tag, attrs, meant in instances
        ],
        "relations": [
            {"type": sort, "source": source, "target": target, "attrs": attrs}
            for sort, source, target, attrs in relations
        ],
    }


def quoted(document: GoldDocument, spans: Iterable[Span]) -> list[str]:
    """What stands at each of the spans."""
    return [document.text[span.start : span.end] for span in spans]


def entities(document: GoldDocument) -> list[tuple[str, str]]:
    """What is quoted as an entity, and its kind."""
    return [
        (document.text[one.span.start : one.span.end], one.kind) for one in document.entities or ()
    ]

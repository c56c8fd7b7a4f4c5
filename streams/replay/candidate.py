"""A record read as what may be replayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pydantic import ValidationError

from processors.acceptance import check_names
from processors.annotation import AnnotationSettings
from processors.decoding import decode_document, decode_key
from processors.language import determine_language
from processors.profile_choice import choose_profile
from schemas import topics
from schemas.document import Document, IngestDocument, Origin
from schemas.errors import RefusedError
from schemas.extraction import Deletion, Extraction
from schemas.letter import first_place
from schemas.model import describe_invalid
from schemas.record import Record
from schemas.replay import Replay
from schemas.run import Run
from schemas.work import Work
from streams.replay.errors import RequestError
from streams.replay.source import Source

_METADATA = "metadata."
_FIELDS = ("profile", "language", "source", "title", "id")
# The type of a message stands at its front.
_TYPE_WITHIN = 200


class Order(NamedTuple):
    """Which ingestion of a document: its time in milliseconds since 1970, then its offset."""

    ingested_ms: int
    offset: int


class Condition(NamedTuple):
    """A field of a document, or a key of its metadata, and the value that it must have."""

    key: str
    value: str


def parse_condition(text: str) -> Condition:
    """``KEY=VALUE`` of ``--where``.

    Raises:
        RequestError: it is not of that form.
    """
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise RequestError(
            f"--where {text!r}: should be KEY=VALUE, KEY one of {', '.join(_FIELDS)}, or a key "
            f"of the metadata ({_METADATA}KEY names one explicitly)"
        )
    return Condition(key, value)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a record says of its document.

    ``run``, ``profile`` and ``generation`` are those of the record; an ingested one has no run of
    its own, and its profile decides nothing yet.
    ``matches`` tells whether the conditions hold. A ``deletion`` is never copied. ``by_fallback``
    marks tasks that came to this tier because another could not answer.
    """

    document_id: str
    order: Order
    generation: int = 0
    run: Run | None = None
    profile: str = ""
    matches: bool = True
    deletion: bool = False
    by_fallback: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How records of a source are read."""

    source: Source
    annotation: AnnotationSettings
    conditions: Sequence[Condition] = ()

    def candidate(self, record: Record) -> Candidate:
        """The record as a candidate.

        Raises:
            RefusedError: no stage could read it.
        """
        if self.source.carries == "documents":
            return self._ingested(record)
        if record.value is None:
            raise RefusedError("malformed", "no value")
        if self.source.carries == "works":
            return self._work(Work.from_json(record.value))
        if b'"type":"deletion"' in record.value[:_TYPE_WITHIN]:
            deletion = Deletion.from_json(record.value)
            origin = deletion.origin
            return Candidate(deletion.document_id, order_of(origin), deletion=True)
        return self._message(Extraction.from_json(record.value))

    def _ingested(self, record: Record) -> Candidate:
        origin = ingested_origin(record)
        place = first_place(record)
        order = order_of(origin) if origin else Order(place.timestamp_ms, place.offset)
        if record.value is None:
            return Candidate(decode_key(record.key or b""), order, deletion=True)
        document = decode_document(
            record.value,
            record.header(topics.HEADER_CONTENT_TYPE),
            record.key,
            self.annotation.max_text_bytes,
        )
        check_names(document, self.annotation.profiles)
        return Candidate(
            document.id or "",
            order,
            origin.generation if origin else 0,
            matches=all(
                condition.value == self._said(condition.key, document)
                for condition in self.conditions
            ),
        )

    def _said(self, key: str, document: IngestDocument) -> str | None:
        """A field of an ingested document as annotation will have it."""
        if key == "profile":
            settings = self.annotation
            language = determine_language(document.text, document.language)
            return choose_profile(
                document, language, settings.profiles, settings.default_profile
            ).name
        if key == "language":
            return determine_language(document.text, document.language)
        if key in _FIELDS:
            return str(getattr(document, key))
        return _of_metadata(key, document.metadata)

    def _work(self, work: Work) -> Candidate:
        found = self._message(work)
        source = self.source
        if source.level is None or work.tier_of(source.level) == source.tier:
            return found
        return replace(found, by_fallback=True)

    def _message(self, message: Work | Extraction) -> Candidate:
        return Candidate(
            message.document.document_id,
            order_of(message.origin),
            message.origin.generation,
            message.run,
            message.profile,
            matches=all(
                condition.value == _known(condition.key, message.document, message.profile)
                for condition in self.conditions
            ),
        )


def _known(key: str, document: Document, profile: str) -> str | None:
    if key == "profile":
        return profile
    if key == "id":
        return document.document_id
    if key in _FIELDS:
        return str(getattr(document, key))
    return _of_metadata(key, document.metadata)


def _of_metadata(key: str, metadata: Mapping[str, str]) -> str | None:
    return metadata.get(key.removeprefix(_METADATA))


def order_of(origin: Origin) -> Order:
    """The ingestion that an origin tells of, rounded as in a document's version."""
    return Order(int(origin.ingested_at.timestamp() * 1000 + 0.5), origin.source_offset)


def ingested_origin(record: Record) -> Origin | None:
    """The origin that an earlier replay gave an ingested record; None of an original.

    Raises:
        RefusedError: the header is none that a replay writes.
    """
    header = record.header(topics.HEADER_REPLAY)
    if header is None:
        return None
    try:
        return Replay.model_validate_json(header).origin
    except ValidationError as error:
        raise RefusedError("bad_header", describe_invalid(topics.HEADER_REPLAY, error)) from None

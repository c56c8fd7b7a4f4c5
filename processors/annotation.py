"""Annotation: the ner stage. A record becomes a document with sentences, chunks and entities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from processors.acceptance import check_names
from processors.asking import finding, profile_in
from processors.chunks import split_chunks
from processors.correspondence.reading import NOT_READ, own_words
from processors.decoding import decode_document, decode_key
from processors.language import determine_language
from processors.outcome import Outcome
from processors.profile_choice import PROFILE_DETECTED, choose_profile
from processors.recognition.entities import BUNDLED, MAX_MENTIONS, find_entities
from processors.recognition.recogniser import Recogniser
from processors.routing import Route, choose_tier
from processors.sentences import split_sentences
from schemas.document import Document, IngestDocument, Origin
from schemas.errors import RefusedError
from schemas.extraction import Deletion, Finding
from schemas.letter import LARGEST_ATTEMPT, first_place, origin_at
from schemas.model import describe_invalid
from schemas.profile import Profile
from schemas.record import Record
from schemas.replay import Replay
from schemas.run import Run
from schemas.topics import (
    DOCUMENTS_ANNOTATED,
    EXTRACTIONS_VALIDATED,
    HEADER_ATTEMPT,
    HEADER_CONTENT_TYPE,
    HEADER_REPLAY,
    HEADER_RUN,
)
from schemas.version import document_version
from schemas.work import Work

# Decides between a deletion and a text of the same moment and offset: the deletion.
_DELETION_REVISION = "ffff"
# What a document's version has room for.
_LATEST_TIMESTAMP_MS = (1 << 44) - 1
# Headers travel on beside a message: with the largest one they must fit a topic's records.
MAX_HEADER_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class AnnotationSettings:
    """What annotation needs to know: profiles by name, the limit in UTF-8 bytes.

    ``run`` is that of documents which come for the first time; a copy that a replay made names its
    own. ``recogniser`` finds names.
    """

    run: Run
    profiles: Mapping[str, Profile]
    default_profile: str
    max_text_bytes: int
    routes: tuple[Route, ...] = ()
    recogniser: Recogniser = BUNDLED


def annotate(record: Record, settings: AnnotationSettings) -> Outcome:
    """Make work of an ingested record, or a deletion of one with a key and no value.

    Returns:
        A ``Work`` for ``documents.annotated`` with the entity kinds that the profile names; or a
        ``Deletion`` for ``extractions.validated``.

    Raises:
        RefusedError: the record can't be processed; the message says why.
    """
    _check_headers(record)
    run, origin = _run_and_origin(record, settings.run)
    _check_run(record.header(HEADER_RUN), run)
    if record.value is None:
        return _deletion(record, origin)
    ingested = decode_document(
        record.value, record.header(HEADER_CONTENT_TYPE), record.key, settings.max_text_bytes
    )
    check_names(ingested, settings.profiles)
    document = _document(ingested)
    chosen = choose_profile(
        ingested, document.language, settings.profiles, settings.default_profile
    )
    profile = profile_in(run, settings.profiles[chosen.name])
    return Outcome(DOCUMENTS_ANNOTATED, _work(document, profile, settings, run, origin, chosen.why))


def _work(
    document: Document,
    profile: Profile,
    settings: AnnotationSettings,
    run: Run,
    origin: Origin,
    why_profile: str,
) -> Work:
    sentences = split_sentences(document.text, document.language)
    reading = own_words(document, profile, sentences)
    kinds = frozenset(profile.entities)
    entities = find_entities(document, reading.read, kinds, settings.recogniser, reading.unread)
    work = Work(
        run=run,
        origin=origin,
        document=document,
        profile=profile.name,
        tier=choose_tier(document, profile, settings.routes),
        sentences=reading.read,
        chunks=split_chunks(reading.read, profile.limits.chunk_characters),
        entities=entities.mentions,
    )
    told = _findings(work, entities.left_out, why_profile, reading.why)
    return work.model_copy(update={"findings": tuple(told)})


def _findings(
    work: Work, entities_left_out: int, why_profile: str, why_not_all: str
) -> Iterator[Finding]:
    if entities_left_out:
        message = (
            f"{entities_left_out} entity mentions left out, numbers first: only {MAX_MENTIONS} "
            "are kept"
        )
        yield finding(work, "entity_limit", "warning", "", message)
    if why_profile:
        yield finding(work, PROFILE_DETECTED, "info", "", why_profile)
    if why_not_all:
        yield finding(work, NOT_READ, "info", "", why_not_all)


def _document(ingested: IngestDocument) -> Document:
    return Document(
        document_id=ingested.id or "",
        text=ingested.text,
        title=ingested.title,
        source=ingested.source,
        language=determine_language(ingested.text, ingested.language),
        published_at=ingested.published_at,
        metadata=ingested.metadata,
    )


def _deletion(record: Record, origin: Origin) -> Outcome:
    if not record.key:
        raise RefusedError(
            "bad_key", "a record without value deletes a document: its key must be the id"
        )
    version = document_version(
        origin.ingested_at, origin.source_offset, origin.generation, _DELETION_REVISION
    )
    deletion = Deletion(document_id=decode_key(record.key), origin=origin, version=version)
    return Outcome(EXTRACTIONS_VALIDATED, deletion)


def _origin(record: Record) -> Origin:
    place = first_place(record)
    if not 0 <= place.timestamp_ms <= _LATEST_TIMESTAMP_MS:
        raise RefusedError(
            "malformed",
            f"timestamp {place.timestamp_ms} of the record is out of range: "
            "should be milliseconds since 1970",
        )
    return origin_at(place, _attempt(record.header(HEADER_ATTEMPT)))


def _run_and_origin(record: Record, run: Run) -> tuple[Run, Origin]:
    """Of a copy that a replay made what it was given, else ``run`` and where it stands itself."""
    copied = record.header(HEADER_REPLAY)
    if copied is None:
        return run, _origin(record)
    try:
        replay = Replay.model_validate_json(copied)
    except ValidationError as error:
        invalid = describe_invalid(HEADER_REPLAY, error)
        raise RefusedError("bad_header", f"{invalid}: only `millrace replay` sets it") from None
    attempt = _attempt(record.header(HEADER_ATTEMPT))
    return replay.run, replay.origin.model_copy(update={"attempt": attempt})


def _check_headers(record: Record) -> None:
    size = sum(len(name.encode()) + len(value or b"") for name, value in record.headers)
    if size > MAX_HEADER_BYTES:
        raise RefusedError(
            "too_large",
            f"headers: {size:,} bytes, over the limit of {MAX_HEADER_BYTES:,}: what a document "
            "carries belongs into its metadata",
        )


def _attempt(header: bytes | None) -> int:
    if header is None:
        return 1
    attempt = int(header) if header.isdigit() and len(header) < 10 else 0
    if not 1 <= attempt <= LARGEST_ATTEMPT:
        raise RefusedError("bad_header", f"{HEADER_ATTEMPT}: should be a whole number from 1 up")
    return attempt


def _check_run(header: bytes | None, run: Run) -> None:
    if header is not None and header != run.run_id.encode():
        raise RefusedError(
            "unknown_run",
            f"{HEADER_RUN}: names another run than {run.run_id}, the one that this stage works "
            "for: leave the header out, or replay into the run",
        )

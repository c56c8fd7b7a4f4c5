"""Records, profiles and documents for the tests of recognition."""

import json

from processors.annotation import AnnotationSettings, annotate
from processors.recognition.entities import find_entities
from processors.sentences import split_sentences
from schemas.annotation import EntityMention
from schemas.document import Document
from schemas.profile import Profile
from schemas.record import Record
from schemas.run import Run, Specification
from schemas.work import Work

KINDS = (
    "person",
    "organization",
    "place",
    "date",
    "time",
    "number",
    "percent",
    "money",
    "email",
    "url",
    "address",
)
ACME = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later."
INGESTED_MS = 1_709_632_800_123

LIVE = Run(
    run_id="live",
    specification=Specification(engine="local", model="rules", prompt_version="1", tier="standard"),
)


def profile(name: str = "news", tier: str = "standard", kinds: tuple[str, ...] = KINDS) -> Profile:
    return Profile(
        name=name,
        version=1,
        description="A profile for tests.",
        tier=tier,
        entities=dict.fromkeys(kinds, "defined elsewhere"),
        events={},
        relationships={},
    )


def settings(*profiles: Profile, max_text_bytes: int = 1 << 20) -> AnnotationSettings:
    known = {one.name: one for one in profiles or (profile(),)}
    return AnnotationSettings(
        run=LIVE,
        profiles=known,
        default_profile=next(iter(known)),
        max_text_bytes=max_text_bytes,
    )


def record(
    value: bytes | None = None,
    key: bytes | None = None,
    headers: tuple[tuple[str, bytes | None], ...] = (),
    timestamp_ms: int = INGESTED_MS,
) -> Record:
    return Record(
        key=key,
        value=value,
        headers=headers,
        topic="documents.ingest",
        partition=3,
        offset=41,
        timestamp_ms=timestamp_ms,
    )


def ingested(text: str, **fields: object) -> Record:
    return record(json.dumps({"text": text, **fields}).encode())


def annotated(text: str, **fields: object) -> Work:
    message = annotate(ingested(text, **fields), settings()).message
    assert isinstance(message, Work)
    return message


def entities_of(
    text: str, language: str = "en", published_at: str | None = None
) -> tuple[EntityMention, ...]:
    document = Document.model_validate(
        {"document_id": "d1", "text": text, "language": language}
        | ({"published_at": f"{published_at}T12:00:00Z"} if published_at else {})
    )
    return find_entities(document, split_sentences(text, language), frozenset(KINDS)).mentions


def found(text: str, *kinds: str, language: str = "en") -> list[tuple[str, str]]:
    """Text and value of the mentions of the given kinds, in order."""
    return [
        (mention.text, mention.value)
        for mention in entities_of(text, language)
        if mention.kind in kinds
    ]


def named(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Text and kind of the names, in order."""
    return [
        (mention.text, mention.kind)
        for mention in entities_of(text, language)
        if mention.kind in ("person", "organization", "place")
    ]


def dated(text: str, published_at: str | None = None, language: str = "en") -> dict[str, str]:
    """The value of each date and time by its text."""
    return {
        mention.text: mention.value
        for mention in entities_of(text, language, published_at)
        if mention.kind in ("date", "time")
    }

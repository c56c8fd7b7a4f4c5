"""Names of topics, levels and headers: the words that outsiders use."""

from typing import Literal, get_args

Level = Literal["summary", "detail", "relationship"]
LEVELS: tuple[Level, ...] = get_args(Level)

DOCUMENTS_INGEST = "documents.ingest"
DOCUMENTS_ANNOTATED = "documents.annotated"
EXTRACTIONS_VALIDATED = "extractions.validated"
EXTRACTIONS_REVIEW = "extractions.review"
DEAD_LETTERS = "dead-letters"
INFERENCE_CALLS = "inference.calls"

HEADER_CONTENT_TYPE = "content-type"
HEADER_TRACEPARENT = "traceparent"
HEADER_TRACESTATE = "tracestate"
HEADER_RUN = "millrace-run"
HEADER_ATTEMPT = "millrace-attempt"
# Of an ingested record that a replay copied.
HEADER_REPLAY = "millrace-replay"

# Headers that a dead letter adds to those of the record it holds.
LETTER_ID = "millrace-letter-id"
LETTER_STAGE = "millrace-letter-stage"
LETTER_KIND = "millrace-letter-kind"
LETTER_MESSAGE = "millrace-letter-message"
LETTER_TOPIC = "millrace-letter-topic"
LETTER_PARTITION = "millrace-letter-partition"
LETTER_OFFSET = "millrace-letter-offset"
LETTER_TIMESTAMP = "millrace-letter-timestamp"
LETTER_RUN = "millrace-letter-run"
LETTER_DOCUMENT = "millrace-letter-document"


def inference_topic(tier: str, level: Level) -> str:
    """The topic on which the tasks of ``level`` wait for an engine of ``tier``."""
    return f"inference.{tier}.{level}"


def tier_and_level(topic: str) -> tuple[str, Level]:
    """What ``inference_topic`` made the name of a topic from.

    Raises:
        ValueError: it is no topic of tasks.
    """
    for level in LEVELS:
        tier = topic.removeprefix("inference.").removesuffix(f".{level}")
        if topic == inference_topic(tier, level):
            return tier, level
    raise ValueError(f"{topic} is no topic of tasks")


def extraction_topic(level: Level) -> str:
    """The topic on which documents continue once the tasks of ``level`` are answered."""
    return f"extraction.{level}"

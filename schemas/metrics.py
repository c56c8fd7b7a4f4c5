"""Every metric: its name, unit, labels and meaning.

Names follow Prometheus (base units, ``_total`` for counters), those of model calls OpenTelemetry's
semantic conventions for generative AI. Dashboards, alerts and the table in ``docs/metrics.md``
take them from here. Label values are bounded: stages, topics, tiers, levels and kinds, as deployed;
never a document, a text or a message.
"""

from dataclasses import dataclass
from typing import Final

_BEGIN: Final = "<!-- made by schemas/metrics.py -->"
_END: Final = "<!-- end -->"
_FAST_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
# Of a stage: up to the minutes that a document's calls take.
_STAGE_S: Final = (*_FAST_S, 10.0, 30.0, 60.0, 300.0)
# Those that the conventions advise for the two metrics of a call, in seconds and in tokens.
_CALL_S: Final = (
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
)  # fmt: skip
_TOKENS: Final = (1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0)
_WAY_S: Final = (
    0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 14_400.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metric:
    """What all kinds share. ``unit`` is that of the value, in words where it is a count."""

    name: str
    unit: str
    meaning: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter(Metric):
    """Only grows, from 0 at the start of a process."""


@dataclass(frozen=True, slots=True)
class Gauge(Metric):
    """A value of this moment."""


@dataclass(frozen=True, slots=True)
class Histogram(Metric):
    """A distribution; ``buckets`` are upper bounds in the metric's unit."""

    buckets: tuple[float, ...] = ()


RECORDS = Counter(
    "millrace_records_total", "records",
    "Records that a stage is done with. outcome: continued, review or dead_lettered.",
    ("stage", "outcome"),
)  # fmt: skip
STAGE_SECONDS = Histogram(
    "millrace_stage_seconds", "seconds",
    "Time that a stage spends on one record, without waiting for Kafka; of inference with its wait "
    "and its calls. The sink works on batches: see millrace_sink_insert_seconds.",
    ("stage",), _STAGE_S,
)  # fmt: skip
DEAD_LETTERS = Counter(
    "millrace_dead_letters_total", "records",
    "Records that a stage refused, by the kind of refusal.",
    ("stage", "kind"),
)  # fmt: skip
READY = Gauge(
    "millrace_stage_ready", "0 or 1",
    "Whether this process may work for a stage: connected, partitions assigned, engine loaded.",
    ("stage",),
)  # fmt: skip
LAG = Gauge(
    "millrace_lag_records", "records",
    "Records of a topic that a stage has not committed. The first process of each `millrace run` "
    "tells of all stages.",
    ("stage", "topic"),
)  # fmt: skip
OLDEST_SECONDS = Gauge(
    "millrace_oldest_unprocessed_seconds", "seconds",
    "Age of the oldest record of a topic that a stage has not committed; 0 without lag.",
    ("stage", "topic"),
)  # fmt: skip
MEMBERS = Gauge(
    "millrace_stage_members", "processes",
    "Processes that are members of a stage's consumer group.",
    ("stage",),
)  # fmt: skip

CALLS = Counter(
    "millrace_inference_calls_total", "calls",
    "Attempts to have a task answered. outcome: completed or the kind of failure; answered_by: "
    "engine or cache.",
    ("tier", "level", "outcome", "answered_by"),
)  # fmt: skip
RETRIES = Counter(
    "millrace_inference_retries_total", "calls",
    "Attempts after the first of a task, by what failed before.",
    ("tier", "after"),
)  # fmt: skip
TOKENS = Counter(
    "millrace_inference_tokens_total", "tokens",
    "Tokens of calls that reached an engine. kind: prompt, cached (of prompts, computed before) or "
    "completion.",
    ("tier", "level", "kind"),
)  # fmt: skip
COST = Counter(
    "millrace_inference_cost_dollars_total", "US dollars",
    "What calls cost by the prices that are set.",
    ("tier",),
)  # fmt: skip
QUEUE_SECONDS = Histogram(
    "millrace_inference_queue_seconds", "seconds",
    "Time that a task waits until it is given to its engine.",
    ("tier", "level"), _CALL_S,
)  # fmt: skip
WAITING = Gauge(
    "millrace_inference_waiting_tasks", "tasks",
    "Tasks that were read and wait for their turn.",
    ("tier", "level"),
)  # fmt: skip
IN_FLIGHT = Gauge(
    "millrace_inference_in_flight_tasks", "tasks",
    "Tasks that the engine works on.",
    ("tier",),
)  # fmt: skip
BATCH_FILL = Gauge(
    "millrace_inference_batch_fill_ratio", "share",
    "Tasks in flight of those that may be, or tokens of those that may be, whichever is fuller.",
    ("tier",),
)  # fmt: skip
OPEN_DOCUMENTS = Gauge(
    "millrace_inference_open_documents", "documents",
    "Documents that were begun and are not finished.",
    ("tier",),
)  # fmt: skip
ENGINE_FAILURES = Counter(
    "millrace_inference_engine_failures_total", "failures",
    "What an engine failed on. kind: engine_error or timeout of a call; unreachable, server_error "
    "or no_room of one of the tries that a call to a server is made of.",
    ("tier", "kind"),
)  # fmt: skip
BREAKER_OPEN = Gauge(
    "millrace_inference_breaker_open", "0 or 1",
    "Whether calls to a server are held back: it failed again and again, or has not answered yet.",
    ("tier", "server"),
)  # fmt: skip
_GEN_AI = ("gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "tier", "level")
CALL_SECONDS = Histogram(
    "gen_ai_client_operation_duration_seconds", "seconds",
    "Time that a call takes in the engine.",
    _GEN_AI, _CALL_S,
)  # fmt: skip
FIRST_TOKEN_SECONDS = Histogram(
    "gen_ai_server_time_to_first_token_seconds", "seconds",
    "Time from a call to the first token of its answer.",
    _GEN_AI, _CALL_S,
)  # fmt: skip
CALL_TOKENS = Histogram(
    "gen_ai_client_token_usage", "tokens",
    "Tokens of a call. gen_ai_token_type: input or output.",
    (*_GEN_AI, "gen_ai_token_type"), _TOKENS,
)  # fmt: skip

SINK_ROWS = Counter(
    "millrace_sink_rows_total", "rows",
    "Rows that are in a table; a repeated message counts again.",
    ("table",),
)  # fmt: skip
SINK_INSERT_SECONDS = Histogram(
    "millrace_sink_insert_seconds", "seconds",
    "Time of an insert that succeeded.",
    ("table",), _FAST_S,
)  # fmt: skip
SINK_FAILURES = Counter(
    "millrace_sink_failures_total", "inserts",
    "Inserts that failed, and of table runs also looks at it. kind: unavailable (repeated) or "
    "refused.",
    ("table", "kind"),
)  # fmt: skip
END_TO_END_SECONDS = Histogram(
    "millrace_end_to_end_seconds", "seconds",
    "Time from a document's record on documents.ingest to its row; replays do not count.",
    ("status",), _WAY_S,
)  # fmt: skip

METRICS: Final[tuple[Metric, ...]] = (
    RECORDS, STAGE_SECONDS, DEAD_LETTERS, READY, LAG, OLDEST_SECONDS, MEMBERS,
    CALLS, RETRIES, TOKENS, COST, QUEUE_SECONDS, WAITING, IN_FLIGHT, BATCH_FILL, OPEN_DOCUMENTS,
    ENGINE_FAILURES, BREAKER_OPEN, CALL_SECONDS, FIRST_TOKEN_SECONDS, CALL_TOKENS,
    SINK_ROWS, SINK_INSERT_SECONDS, SINK_FAILURES, END_TO_END_SECONDS,
)  # fmt: skip


def page(text: str) -> str:
    """``text`` with the table between its marks made anew from the list."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    rows = [
        f"| `{one.name}` | {type(one).__name__.lower()} | {one.unit} | "
        f"{', '.join(f'`{label}`' for label in one.labels)} | {one.meaning} |"
        for one in METRICS
    ]
    head = ["| name | type | unit | labels | meaning |", "|---|---|---|---|---|"]
    return before + "\n".join([_BEGIN, *head, *rows, _END]) + after

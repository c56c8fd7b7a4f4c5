"""Rows of runs, straight into the tables, and replays as the command keeps them."""

from datetime import UTC, datetime, timedelta

from infra.clickhouse import runs
from infra.clickhouse.client import Client
from millrace.runs.choice import present_specification
from millrace.settings import Settings
from schemas.run import LIVE, Run
from schemas.version import document_version
from streams.replay.checkpoint import Checkpoints, CopyProgress, Plan
from streams.sink import columns
from streams.sink.columns import Row
from tests.streams.tables_behaviour import NOON, document, letter


def version(text: int, generation: int = 0) -> int:
    """The version of the text that was ingested so many seconds after noon."""
    return document_version(NOON + timedelta(seconds=text), 1, generation, "ab12")


def put(client: Client, *rows: Row) -> None:
    client.insert("documents", columns.DOCUMENTS, rows)


def fill(client: Client, run_id: str, *names: str, text: int = 1, **changes: object) -> None:
    put(client, *(document(one, version(text), run_id=run_id, **changes) for one in names))


def call(call_id: str, run_id: str, **changes: object) -> Row:
    values: dict[str, object] = {
        "call_id": call_id, "run_id": run_id, "document_id": "a", "level": "summary",
        "tier": "standard", "engine": "openai", "model": "m8", "prompt_version": "1",
        "prompt_tokens": 900, "cached_tokens": 600, "completion_tokens": 80, "queue_ms": 1.0,
        "run_ms": 2.0, "from_cache": False, "outcome": "ok", "cost_usd": 0.25, "called_at": NOON,
    }  # fmt: skip
    values |= changes
    return tuple(values[column] for column in columns.INFERENCE_CALLS)


def letter_of(run_id: str, name: str) -> Row:
    row = list(letter(name))
    row[columns.DEAD_LETTERS.index("run_id")] = run_id
    return tuple(row)


def use(client: Client, run_id: str, table: str) -> None:
    """Let a run have a row of a table."""
    if table == "documents":
        fill(client, run_id, "a")
    elif table == "inference_calls":
        client.insert(table, columns.INFERENCE_CALLS, [call("c", run_id)])
    else:
        client.insert(table, columns.DEAD_LETTERS, [letter_of(run_id, "l")])


def begin_replay(settings: Settings, run_id: str, *, finished: bool, ago_s: int = 0) -> None:
    """Keep a replay into a run that began so many seconds ago, as the command does."""
    checkpoints = Checkpoints(settings.home)
    plan = Plan(
        topic="documents.ingest",
        run=Run(run_id=run_id, specification=present_specification(settings)),
        base_run_id=LIVE,
        max_lag=1,
        offsets={0: ((0, 1),)},
        records=1,
    )
    began = int(datetime.now(UTC).timestamp()) - ago_s
    with checkpoints.begun(plan, began) as kept:
        checkpoints.note(kept.generation, CopyProgress(next_offsets={0: 1}, finished=finished))


def promoted_run(client: Client) -> str:
    """The name of the run that counts."""
    return runs.promoted_run(client).run_id

"""A flow in memory that writes a message of every kind: what ``messages/`` keeps of a version.

``python -m tests.schemas.recorded_flow FOLDER`` writes them, once for each schema version: a folder
that is there is never written again, for the messages in it lie on somebody's topics.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from schemas import topics
from schemas.completion import Completion, Failed, FailureKind
from schemas.record import Outgoing, Record
from schemas.run import LevelPrompt, LevelTier, ProfileOverride, Run, TierModel
from schemas.task import Task
from schemas.topics import LEVELS
from schemas.work import Work
from streams.inference.embedded_engine import EmbeddedEngine
from streams.inference.engine import DeployedEngine
from streams.memory import MemoryFlow
from tests.flow import PROFILES, RUN, context, ingest_json, noon

FAILING = "fails-"
FULL = RUN.specification.model_copy(
    update={
        "tiers": (
            TierModel(
                tier="standard", engine=RUN.specification.engine, model=RUN.specification.model
            ),
        ),
        "levels": tuple(LevelTier(level=level, tier="standard") for level in LEVELS),
        "prompts": tuple(LevelPrompt(level=level, digest="0" * 32) for level in LEVELS),
        "profiles": (ProfileOverride(name="news", changes='{"limits": {"main_events": 2}}'),),
    }
)


class Failing(EmbeddedEngine):
    """The local engine, but the last task of a level fails for some documents."""

    async def complete(self, task: Task, work: Work) -> Completion:
        done = await super().complete(task, work)
        name = work.document.document_id
        if not name.startswith(FAILING) or task.level == "summary" or task != work.tasks[-1]:
            return done
        kind: FailureKind = next(one for one in get_args(FailureKind) if name.endswith(one))
        return Failed(
            task_id=task.task_id,
            kind=kind,
            retryable=kind in ("engine_error", "timeout"),
            message="the engine said no",
            attempts=tuple(one.model_copy(update={"outcome": kind}) for one in done.attempts),
        )


def recorded() -> Mapping[str, list[Record]]:
    """The records of every topic that the flow wrote, with fixed content."""
    plain = _flow(RUN, EmbeddedEngine(PROFILES, noon))
    plain.log.append(ingest_json("a1", title="A title", metadata={"desk": "north"}))
    plain.log.append(Outgoing(topics.DOCUMENTS_INGEST, b"gone", None))
    plain.log.append(
        Outgoing(topics.DOCUMENTS_INGEST, b"broken", b'{"text": ', (("kept", b"\xff"),))
    )
    trial = _flow(Run(run_id="trial", specification=FULL), Failing(PROFILES, noon))
    for kind in get_args(FailureKind):
        trial.log.append(ingest_json(FAILING + kind))
    asyncio.run(plain.run())
    asyncio.run(trial.run())
    topic_names = {*plain.log.records, *trial.log.records}
    return {
        name: [*plain.log.records.get(name, []), *trial.log.records.get(name, [])]
        for name in sorted(topic_names)
    }


def _flow(run: Run, engine: DeployedEngine) -> MemoryFlow:
    given = context()
    annotation = replace(given.annotation, run=run)
    return MemoryFlow(replace(given, annotation=annotation), {"standard": engine})


def to_file(record: Record) -> dict[str, Any]:
    """A record as JSON: its value as the message, or as hexadecimal bytes where it is none."""
    try:
        value: object = json.loads(record.value) if record.value is not None else None
    except ValueError:
        value = {"hex": (record.value or b"").hex()}
    return {
        "topic": record.topic,
        "key": record.key.decode() if record.key is not None else None,
        "timestamp_ms": record.timestamp_ms,
        "headers": [[name, (found or b"").hex()] for name, found in record.headers],
        "value": value,
    }


def from_file(content: Mapping[str, Any]) -> Record:
    """The record that ``to_file`` wrote."""
    value = content["value"]
    if isinstance(value, dict) and value.keys() == {"hex"}:
        data: bytes | None = bytes.fromhex(value["hex"])
    else:
        data = None if value is None else json.dumps(value, separators=(",", ":")).encode()
    return Record(
        topic=content["topic"],
        partition=0,
        offset=0,
        timestamp_ms=content["timestamp_ms"],
        key=content["key"].encode() if content["key"] is not None else None,
        value=data,
        headers=tuple((name, bytes.fromhex(found)) for name, found in content["headers"]),
    )


def write(folder: Path) -> None:
    """Write what a flow of this version writes, a file for each topic."""
    folder.mkdir(parents=True)
    for topic, records in recorded().items():
        lines = [json.dumps(to_file(one), ensure_ascii=False) for one in records]
        if lines:
            (folder / f"{topic}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

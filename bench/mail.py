"""``mail``: the 8,000 e-mails of the load corpus through the whole pipeline with the local engine.

The corpus is not part of the project: see ``../shared/data``.
"""

import asyncio
import gzip
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.results import Measure
from bench.stack import own_stack
from infra.clickhouse.client import Client
from infra.clickhouse.queries import outcomes
from infra.local import stack
from millrace import wiring
from millrace.commands.run import Processes, grouped
from millrace.settings import Settings
from millrace.supervisor import Supervisor
from processors.decoding import decode_document
from schemas.document import IngestDocument
from streams.production import produce
from streams.settling import settle

LOAD = Path(__file__).resolve().parents[2] / "shared" / "data" / "load"
TIMEOUT_S = 900.0
# The processes of stages, by the names that they go by.
OURS = ("ner", "stages", "inference", "sink")


def emails(count: int) -> Iterator[IngestDocument]:
    """E-mails of the load corpus, the first ``count``, over and over where there are fewer."""
    if not LOAD.is_dir():
        sys.exit(f"{LOAD} is not there: this benchmark reads the load corpus")
    made = 0
    while made < count:
        for file in sorted(LOAD.glob("*.jsonl.gz")):
            with gzip.open(file) as lines:
                for line in lines:
                    if made == count:
                        return
                    record = json.loads(line)
                    yield decode_document(
                        record["text"].encode(), b"text/plain", f"mail-{made}".encode(), 1 << 20
                    ).model_copy(update={"profile": "email"})
                    made += 1


@dataclass(slots=True)
class Load:
    """What a flow of documents took: seconds, counts, memory over time and CPU by process."""

    seconds: float
    validated: int
    review: int
    dead_lettered: int
    samples: list[dict[str, float]] = field(default_factory=list)
    cpu_s: dict[str, float] = field(default_factory=dict)

    @property
    def memory_mb(self) -> dict[str, float]:
        """The most that each process took, in MB."""
        return {name: max(one[name] for one in self.samples) for name in self.cpu_s}


def run_load(settings: Settings, count: int) -> Load:
    """Send e-mails through all stages on this machine and wait until they are rows."""
    kinds: dict[str, str] = {stage.name: stage.kind for stage in wiring.stages(settings)}
    supervisor = Supervisor(settings.home, grouped(kinds, Processes.SPLIT))
    broker = wiring.broker(settings)
    with supervisor.running():
        watched = _processes(settings, supervisor)
        samples: list[dict[str, float]] = []
        before = _cpu(watched)

        def watch(*_: object) -> None:
            supervisor.check()
            samples.append(
                {name: process.memory_info().rss / 1e6 for name, process in watched.items()}
            )

        began = time.monotonic()
        produced = asyncio.run(produce(broker, emails(count), watch))
        asyncio.run(settle(broker, wiring.stages(settings), TIMEOUT_S, watch))
        seconds = time.monotonic() - began
        spent = {name: used - before[name] for name, used in _cpu(watched).items()}
    client = Client(wiring.clickhouse(settings))
    found = outcomes(client, produced.offsets)
    client.close()
    return Load(seconds, found.validated, found.review, found.dead_lettered, samples, spent)


def _processes(settings: Settings, supervisor: Supervisor) -> dict[str, psutil.Process]:
    services = stack.status(wiring.local_stack(settings)).services
    found = {service.name: psutil.Process(service.pid) for service in services if service.pid}
    for names, pid in supervisor.pids.items():
        found[names[0] if len(names) == 1 else "stages"] = psutil.Process(pid)
    return found


def _cpu(processes: dict[str, psutil.Process]) -> dict[str, float]:
    times = {name: process.cpu_times() for name, process in processes.items()}
    return {name: float(one.user + one.system) for name, one in times.items()}


def mail() -> list[Measure]:
    count = 8_000
    with own_stack() as settings:
        load = run_load(settings, count)
    rate = count / load.seconds
    cpu = ", ".join(f"{name} {used:.0f} s" for name, used in load.cpu_s.items())
    note = (
        f"{count:,} e-mails in {load.seconds:.0f} s: {load.validated:,} validated, "
        f"{load.review:,} review, {load.dead_lettered:,} dead-lettered; CPU: {cpu}"
    )
    ours = max(load.memory_mb[name] for name in OURS)
    memory = ", ".join(f"{name} {used:.0f}" for name, used in load.memory_mb.items())
    return [
        Measure("mail_rate", rate, "documents/s", 40, "higher", note),
        Measure("memory_stages", ours, "MB", 300, "lower", f"MB at most: {memory}"),
        Measure("memory_clickhouse", load.memory_mb["clickhouse"], "MB", 600, "lower"),
    ]

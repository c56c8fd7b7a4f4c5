"""``observability_cost``: what metrics and traces (10 % sampled) take of the throughput.

Two shares, each measured side by side in turns: of the documents that all processes of stages do
in a second of processor time, from Kafka into ClickHouse, and of the work of a single lean stage in
one process, without Kafka. Processor time, for that is what bounds the throughput and what a busy
machine disturbs least. Spans go to a receiver in the process of the benchmark. And how long
``/metrics`` takes to answer while documents go through.
"""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import Any
from unittest.mock import patch
from urllib.request import urlopen

import psutil

from bench.results import Measure
from bench.stack import own_stack
from millrace import wiring
from millrace.commands.run import Processes, grouped
from millrace.settings import Settings
from millrace.supervisor import Supervisor, worker_command
from millrace.targets import targets
from schemas.document import IngestDocument
from streams.broker.admin import Positions
from streams.production import produce
from streams.settling import settle

PAIRS = 5
RECORDS = 4_000
DOCUMENTS = 1_500
GOAL = 0.03
SCRAPE_GOAL_MS = 50.0
SCRAPES = 20
_TIMEOUT_S = 300.0
_SENTENCE = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later. "


def observability_cost() -> list[Measure]:
    return measured(PAIRS, RECORDS, DOCUMENTS)


def measured(pairs: int, records: int, documents: int) -> list[Measure]:
    """All figures, from so many pairs of so much work; small ones say only whether it runs."""
    with _receiver() as url:
        work = [
            _pair(turn, lambda on: _work_rate(records, _environment(url, on)))
            for turn in range(pairs)
        ]
        with own_stack() as settings:
            whole = [
                _pair(turn, lambda on: _pipeline_rate(settings, documents, _environment(url, on)))
                for turn in range(pairs)
            ]
            scrapes = _scrape_ms(settings, documents)
    return [
        _measure("observability_cost", whole, "all stages over Kafka, documents", GOAL),
        _measure("observability_cost_stage", work, "work of summary alone, records", None),
        _metrics_page(scrapes),
    ]


def _metrics_page(scrapes: Mapping[str, list[float]]) -> Measure:
    """The slowest process counts, by its median."""
    medians = {process: median(times) for process, times in scrapes.items()}
    note = "under load, medians of " + ", ".join(
        f"{process} {spent:.1f} (most {max(scrapes[process]):.1f})"
        for process, spent in medians.items()
    )
    return Measure("metrics_page_ms", max(medians.values()), "ms", SCRAPE_GOAL_MS, "lower", note)


def _measure(name: str, pairs: list[tuple[float, float]], what: str, goal: float | None) -> Measure:
    costs = [1 - on / off for on, off in pairs]
    on, off = median(one[0] for one in pairs), median(one[1] for one in pairs)
    note = (
        f"{what} a second of processor time with metrics and traces against without both: "
        f"{on:,.1f} against {off:,.1f}, median of {len(pairs)} pairs, "
        f"{min(costs):.3f}–{max(costs):.3f}"
    )
    return Measure(name, median(costs), "share of throughput", goal, "lower", note)


def _pair(turn: int, rate: Any) -> tuple[float, float]:
    """The rates with and without, in alternating order."""
    order = (True, False) if turn % 2 else (False, True)
    rates = {on: rate(on) for on in order}
    return rates[True], rates[False]


def _environment(url: str, on: bool) -> dict[str, str]:
    if not on:
        return {"OTEL_SDK_DISABLED": "true"}
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": url,
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.1",
    }


def _work_rate(records: int, environment: Mapping[str, str]) -> float:
    """Records a second of processor time of a process that does a stage's work."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.observed_work", str(records)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _pipeline_rate(settings: Settings, count: int, environment: Mapping[str, str]) -> float:
    """Documents that all stages do in a second of their processes' time, once they are warm."""
    kinds: dict[str, str] = {stage.name: stage.kind for stage in wiring.stages(settings)}
    broker = wiring.broker(settings)
    with patch.dict(os.environ, environment):
        supervisor = Supervisor(
            settings.home,
            grouped(kinds, Processes.SPLIT),
            command_of=_unobserved if "OTEL_SDK_DISABLED" in environment else worker_command,
        )
        with supervisor.running():
            _flow(settings, 20, supervisor)  # until all partitions are assigned and code is warm
            before = _processor_s(supervisor)
            _flow(settings, count, supervisor)
            seconds = _processor_s(supervisor) - before
    asyncio.run(_no_members(settings, broker))
    return count / seconds


def _unobserved(instance: str, stages: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "bench.unobserved_worker", "--instance", instance, *stages]


def _processor_s(supervisor: Supervisor) -> float:
    """Seconds of processor time that the processes have had so far, on all their threads."""
    times = [psutil.Process(pid).cpu_times() for pid in supervisor.pids.values()]
    return sum(one.user + one.system for one in times)


def _flow(settings: Settings, count: int, supervisor: Supervisor) -> None:
    broker = wiring.broker(settings)
    mark = time.monotonic_ns()
    documents = (
        IngestDocument(id=f"{mark}-{number}", text=f"{_SENTENCE * 4}Lot {number}.", profile="news")
        for number in range(count)
    )
    asyncio.run(produce(broker, documents))
    asyncio.run(settle(broker, wiring.stages(settings), _TIMEOUT_S, lambda *_: supervisor.check()))


def _scrape_ms(settings: Settings, count: int) -> dict[str, list[float]]:
    """Milliseconds of scrapes of each process while ``count`` documents go through all stages."""
    kinds: dict[str, str] = {stage.name: stage.kind for stage in wiring.stages(settings)}
    spent: dict[str, list[float]] = {}
    supervisor = Supervisor(settings.home, grouped(kinds, Processes.SPLIT))
    with supervisor.running():
        _flow(settings, 20, supervisor)
        loaded = threading.Thread(target=_flow, args=(settings, count, supervisor))
        loaded.start()
        for target in targets(settings.home) * SCRAPES:
            began = time.perf_counter()
            with urlopen(f"http://{target.address}/metrics", timeout=_TIMEOUT_S) as page:
                page.read()
            spent.setdefault(target.process, []).append((time.perf_counter() - began) * 1000)
        loaded.join()
    return spent


async def _no_members(settings: Settings, broker: Any) -> None:
    """Wait until the groups have let go of those that have ended: they would delay the next."""
    groups = [stage.group for stage in wiring.stages(settings)]
    deadline = time.monotonic() + 60
    async with Positions(broker) as positions:
        while any(one.members for one in (await positions.groups(groups)).values()):
            if time.monotonic() > deadline:
                raise TimeoutError("the groups of stages still have members")
            await asyncio.sleep(0.5)


@contextmanager
def _receiver() -> Iterator[str]:
    """Takes spans and throws them away."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing: the figures are what counts."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

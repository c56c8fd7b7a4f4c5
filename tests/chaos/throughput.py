"""How much of its throughput the flow keeps while its processes are killed again and again."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Final
from uuid import uuid4

from millrace import wiring
from tests.chaos.catalogue import LOCAL
from tests.chaos.documents import Documents
from tests.chaos.flow import Flow, running_flow
from tests.chaos.results import Throughput
from tests.chaos.traffic import Traffic

NAME: Final = "throughput"
_EVERY_S = 5.0
_WARM = 200
_AT_ONCE = 1_000_000.0


def measured(seed: int, documents: int, at: str) -> Throughput:
    """The same number of documents with a kill of a random worker every 5 s, and without."""
    with running_flow(LOCAL) as flow:
        _seconds(flow, _WARM)
        without = _seconds(flow, documents)
        random = Random(f"{seed} {NAME}")  # noqa: S311 - moments, no secrets
        with _killing(flow, random) as kills:
            under_kills = _seconds(flow, documents)
        if flow.crew.failure is not None:
            raise flow.crew.failure
    return Throughput(documents / without, documents / under_kills, len(kills), documents, seed, at)


def _seconds(flow: Flow, documents: int) -> float:
    """How long so many documents take, from the first sent to the last row."""
    began = time.monotonic()
    made = Documents(f"load-{uuid4().hex[:8]}")
    traffic = Traffic(wiring.broker(flow.settings), made, _AT_ONCE, last=documents)
    with traffic.flowing():
        flow_through = threading.Event()
        while traffic.acknowledged < documents and traffic.failure is None:
            flow_through.wait(0.02)
    flow.settle()
    return time.monotonic() - began


@contextmanager
def _killing(flow: Flow, random: Random) -> Iterator[list[str]]:
    """Kill a random process of stages every 5 s; gives which were."""
    killed: list[str] = []
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(_EVERY_S):
            stage = random.choice(flow.groups)[0]
            os.kill(flow.crew.pid_of(stage), signal.SIGKILL)
            killed.append(stage)

    thread = threading.Thread(target=kill, name="killer")
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()

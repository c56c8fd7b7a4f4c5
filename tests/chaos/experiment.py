"""Faults at random moments, while documents are produced; then the account of all."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import count, islice
from random import Random
from threading import Event
from uuid import uuid4

from infra.clickhouse import queries
from millrace import wiring
from schemas.errors import MillraceError
from tests.chaos.accounting import Account, account, ends
from tests.chaos.documents import Content, Documents
from tests.chaos.fault import Fault
from tests.chaos.flow import Flow
from tests.chaos.traffic import Traffic, no_matter

# The first documents that were sent after a fault: enough to come through all partitions.
_PROBES = 6
RECOVERY_LIMIT_S = 90.0
_PAUSE_S = (0.1, 1.5)
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Injection:
    """One fault: how much was in flight in it, and seconds until the flow went on."""

    fault: str
    in_flight: int
    recovery_s: float


@dataclass(frozen=True, slots=True)
class Result:
    """All faults of one experiment and the account of its documents."""

    injections: Sequence[Injection]
    account: Account
    seconds: float

    @property
    def in_flight(self) -> int:
        return sum(one.in_flight for one in self.injections)

    @property
    def recoveries(self) -> list[float]:
        return [one.recovery_s for one in self.injections]


def experiment(
    flow: Flow,
    faults: Sequence[Fault],
    random: Random,
    rate: float,
    on_injection: Callable[[Injection], None] = lambda _: None,
) -> Result:
    """Inject ``faults`` in their order while ``rate`` documents a second are produced.

    Raises:
        FaultNotPossibleError: one cannot be injected here.
        AssertionError: the flow did not go on after a fault.
    """
    for fault in faults:
        fault.require(flow)
    began = time.monotonic()
    documents = Documents(f"chaos-{uuid4().hex[:8]}")
    before = ends(flow)
    expected: dict[str, Content] = {}

    def learn(numbers: Sequence[int]) -> None:
        """A server must know what it will be asked before it is."""
        expected.update(flow.expected(documents, numbers))

    injections = []
    broker = wiring.broker(flow.settings)
    traffic = Traffic(broker, documents, rate, before_sent=learn if flow.engine else no_matter)
    with ExitStack() as arranged:
        for fault in {fault.name: fault for fault in faults}.values():
            arranged.enter_context(fault.arranged(flow))
        with traffic.flowing():
            _wait_for(flow, traffic, 0, "the start")
            for fault in faults:
                Event().wait(random.uniform(*_PAUSE_S))
                injections.append(_inject(flow, traffic, fault, random))
                on_injection(injections[-1])
        flow.settle()
    if flow.crew.failure is not None:
        raise flow.crew.failure
    if not flow.engine:
        learn(range(traffic.acknowledged))
    counts = account(flow, documents, traffic.acknowledged, expected, before)
    return Result(injections, counts, time.monotonic() - began)


def _inject(flow: Flow, traffic: Traffic, fault: Fault, random: Random) -> Injection:
    """Begin, hold and end a fault; wait until what was sent after it is there."""
    in_flight, sent = flow.in_flight() or 0, traffic.acknowledged
    fault.begin(flow, random)
    began = time.monotonic()
    during = None if fault.keeps_kafka_away else flow.in_flight()
    Event().wait(max(0.0, fault.holds_s(flow, random) - (time.monotonic() - began)))
    fault.end(flow)
    ended, first = time.monotonic(), traffic.begun
    if during is None:
        # All that was sent until Kafka was back may have been on its way.
        during = in_flight + first - sent
    _wait_for(flow, traffic, first, fault.name)
    return Injection(fault.name, during, time.monotonic() - ended)


def _wait_for(flow: Flow, traffic: Traffic, first: int, after: str) -> None:
    """Wait until the next documents from the number ``first`` on are rows."""
    good = (one for one in count(first) if not traffic.documents.is_refused(one))
    probes = [traffic.documents.identity(one) for one in islice(good, _PROBES)]
    deadline = time.monotonic() + RECOVERY_LIMIT_S
    while True:
        with suppress(MillraceError):
            if queries.present(flow.client, probes) == len(probes):
                return
        assert flow.crew.failure is None, flow.crew.failure
        assert time.monotonic() < deadline, (
            f"after {after} the flow stands still: {probes[0]} and what follows is not there; "
            f"behind are {flow.lags()}, sent {traffic.acknowledged}; {flow.crew.events[-5:]}"
        )
        Event().wait(_LOOK_S)

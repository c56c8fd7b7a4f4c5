"""Newly ingested documents belong to the promoted run, as far as it can be known."""

from dataclasses import dataclass, field

import pytest

from processors.annotation import annotate
from schemas.errors import UnavailableError
from schemas.record import Record
from schemas.run import Run
from schemas.work import Work
from streams.promotion import FRESH_S, IngestionWork, PromotedRun
from streams.topology import topology
from tests.flow import RUN, context, ingest_json

TRIAL = RUN.model_copy(update={"run_id": "trial"})


@dataclass
class Store:
    """Promotions that can be away, and how often it was asked for the newest."""

    run: Run = RUN
    away: bool = False
    asked: int = 0

    def ask(self) -> Run:
        self.asked += 1
        if self.away:
            raise UnavailableError("ClickHouse does not answer")
        return self.run


@dataclass
class Clock:
    now: float = 100.0
    passed: float = field(default=0.0)

    def __call__(self) -> float:
        return self.now + self.passed


def promoted(store: Store) -> tuple[PromotedRun, Clock]:
    clock = Clock()
    return PromotedRun(store.ask, clock), clock


async def test_it_is_asked_for_before_the_first_document() -> None:
    store = Store(TRIAL)
    run, _ = promoted(store)
    await run.refresh()
    assert run.run == TRIAL


async def test_documents_that_come_close_together_share_one_question() -> None:
    store = Store()
    run, clock = promoted(store)
    for _ in range(10):
        await run.refresh()
        clock.passed += FRESH_S / 20
    assert store.asked == 1


async def test_a_promotion_is_known_to_what_comes_after_the_time_of_freshness() -> None:
    store = Store()
    run, clock = promoted(store)
    await run.refresh()
    store.run = TRIAL
    clock.passed += FRESH_S
    await run.refresh()
    assert run.run == TRIAL


async def test_while_the_store_is_away_what_was_known_holds_and_is_asked_for_seldom() -> None:
    store = Store()
    run, clock = promoted(store)
    await run.refresh()
    store.away = True
    for _ in range(10):
        clock.passed += FRESH_S
        await run.refresh()
    assert run.run == RUN
    assert store.asked == 2
    store.away, store.run = False, TRIAL
    clock.passed += 10.0
    await run.refresh()
    assert run.run == TRIAL


async def test_before_anything_is_known_documents_wait_for_the_store() -> None:
    store = Store(away=True)

    def ask() -> Run:
        store.away = store.asked < 2
        return store.ask()

    run = PromotedRun(ask)
    await run.refresh()
    assert run.run == RUN
    assert store.asked == 3


def test_no_run_is_made_up() -> None:
    run, _ = promoted(Store())
    with pytest.raises(RuntimeError, match="refresh"):
        _ = run.run


async def test_each_document_gets_the_run_that_is_promoted_when_it_comes() -> None:
    store = Store()
    run, clock = promoted(store)
    stage = next(one for one in topology(("standard",)) if one.process is annotate)
    work = IngestionWork(stage, context(), run)

    async def run_of(document_id: str) -> str:
        await run.refresh()
        return Work.from_json(work(ingested(document_id)).value or b"").run.run_id

    assert await run_of("before") == "live"
    store.run = TRIAL
    clock.passed += FRESH_S
    assert await run_of("after") == "trial"


def ingested(document_id: str) -> Record:
    sent = ingest_json(document_id)
    return Record(sent.topic, 0, 0, 1_700_000_000_000, sent.key, sent.value, sent.headers)

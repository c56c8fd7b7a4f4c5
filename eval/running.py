"""Documents sent through the real stages in one process: every engine is measured the same way.

A document goes from stage to stage as its record would on Kafka, JSON and limits included: by
``process_record`` and ``answer_record``, which are what runs there. Only the broker is left out.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter, process_time, thread_time

from eval.found import Found, Spent, found_in
from eval.gold import GoldDocument
from processors.annotation import AnnotationSettings
from processors.profile_loading import load_profiles
from schemas import topics
from schemas.errors import UnavailableError
from schemas.extraction import Extraction
from schemas.profile import Profile
from schemas.record import Outgoing, Record
from schemas.run import Run, Specification
from streams.inference.admission.ticket import Limits
from streams.inference.answering import Answering, answer_record
from streams.inference.embedded_engine import EmbeddedEngine
from streams.inference.engine import DeployedEngine
from streams.inference.lane import Lane
from streams.processing import StageContext, process_record
from streams.stage import Stage
from streams.topology import topology

_RUN = "evaluation"
_TIER = "standard"
_INFERENCE = "inference"
_DONE = (topics.EXTRACTIONS_VALIDATED, topics.EXTRACTIONS_REVIEW)
_MAX_TEXT_BYTES = 1024 * 1024
# When every document is ingested: what decides nothing must not differ from run to run.
_INGESTED_MS = 1_700_000_000_000
# Nothing is gained by waiting for company: documents come one after another.
_AT_ONCE = Limits(linger_s=0)


@dataclass(frozen=True, slots=True)
class System:
    """What is measured: engines and how documents come to them.

    Attributes:
        name: what reports call it.
        answering: an engine in its lane for each tier.
        context: profiles, run and limits of the stages.
        profile: what documents are read for; None leaves it to the pipeline.
        at_once: how many documents are under way together. One, where CPU by stage is measured;
            more, where an engine far away is quicker for company.
        start_within_s: seconds that its engines have to start; None for ever.
    """

    name: str
    answering: Answering
    context: StageContext
    profile: str | None = "news"
    at_once: int = 1
    start_within_s: float | None = None

    @property
    def engines(self) -> tuple[DeployedEngine, ...]:
        """The engines of all tiers."""
        return tuple(lane.engine for lane in self.answering.lanes.values())


@dataclass(frozen=True, slots=True)
class Passed:
    """What came of many documents, in their order, and what all of them took together.

    ``wall_s`` and ``cpu_s``, which is of all threads, begin after the engine was started.
    """

    found: tuple[Found, ...]
    wall_s: float
    cpu_s: float


def system_of(
    engine: DeployedEngine,
    profiles: Mapping[str, Profile],
    profile: str | None = "news",
    at_once: int = 1,
    limits: Limits = _AT_ONCE,
    prompt_version: str = "1",
) -> System:
    """A system of one engine for every tier that a profile names, without another to fall back on.

    Args:
        engine: any; it is started and closed by ``send_all``.
        profiles: by name.
        profile: the one that documents are read for; None leaves it to the pipeline.
        at_once: how many documents are under way together.
        limits: of what the engine is asked at a time.
        prompt_version: of the prompts that the engine knows, where it has any.
    """
    identity = engine.identity
    tiers = sorted({one.tier for one in profiles.values()} | {_TIER})
    run = Run(
        run_id=_RUN,
        specification=Specification(
            engine=identity.engine,
            model=identity.model,
            prompt_version=prompt_version,
            tier=_TIER,
        ),
    )
    return System(
        name=f"{identity.engine}/{identity.model}",
        answering=Answering({tier: Lane(tier, engine, limits) for tier in tiers}),
        context=StageContext(AnnotationSettings(run, profiles, "neutral", _MAX_TEXT_BYTES)),
        profile=profile,
        at_once=at_once,
    )


def local_system(profile: str | None = "news") -> System:
    """The local engine with the profiles that come with millrace."""
    profiles = load_profiles()
    return system_of(EmbeddedEngine(profiles), profiles, profile)


def send_all(system: System, documents: Iterable[GoldDocument]) -> Passed:
    """Start the system's engines, send every document through all stages, close them.

    Raises:
        EngineDeadError: an engine cannot answer any more.
        ValueError: the text of an extraction is not the one that was sent.
    """
    with started(system) as send:
        return send(documents)


@contextmanager
def started(
    system: System, on_found: Callable[[Found], None] = lambda _: None
) -> Iterator[Callable[[Iterable[GoldDocument]], Passed]]:
    """The system's engines, started once for any number of passes, closed in the end.

    Args:
        system: what is measured.
        on_found: is told of every document as it is done.

    Yields:
        What sends documents as ``send_all`` does, and raises the same.

    Raises:
        UnavailableError: an engine did not start in time.
    """
    engines = tuple({id(engine): engine for engine in system.engines}.values())
    with asyncio.Runner() as runner:
        try:
            runner.run(_start(system, engines))
            yield lambda documents: runner.run(_sent(system, tuple(documents), on_found))
        finally:
            runner.run(_close(engines))


async def _start(system: System, engines: Iterable[DeployedEngine]) -> None:
    try:
        async with asyncio.timeout(system.start_within_s):
            for engine in engines:
                await engine.start()
    except TimeoutError:
        raise UnavailableError(
            f"{system.name} did not start within {system.start_within_s:g} s: start its server, or "
            "correct the setting that says where it is"
        ) from None


async def _close(engines: Iterable[DeployedEngine]) -> None:
    for engine in engines:
        await engine.close()


async def _sent(
    system: System, documents: Sequence[GoldDocument], on_found: Callable[[Found], None]
) -> Passed:
    stages = topology(tuple(system.answering.lanes))
    passage = _Passage(system, {topic: stage for stage in stages for topic in stage.reads})
    room = asyncio.Semaphore(system.at_once)

    async def send(number: int, document: GoldDocument) -> Found:
        async with room:
            found = await passage.send(number, document)
            on_found(found)
            return found

    began, began_cpu = perf_counter(), process_time()
    under_way = [asyncio.create_task(send(*numbered)) for numbered in enumerate(documents)]
    try:
        found = await asyncio.gather(*under_way)
    finally:
        for task in under_way:  # where one failed, the engine is closed under no other
            task.cancel()
    return Passed(tuple(found), perf_counter() - began, process_time() - began_cpu)


@dataclass(frozen=True, slots=True)
class _Passage:
    """The way through the stages, each found by the topic that it reads."""

    system: System
    readers: Mapping[str, Stage]

    async def send(self, number: int, document: GoldDocument) -> Found:
        cpu_s: dict[str, float] = {}
        began = perf_counter()
        record = self._ingested(number, document)
        while record.topic not in (*_DONE, topics.DEAD_LETTERS):
            record = await self._next(record, cpu_s)
        wall_s = perf_counter() - began
        if record.topic == topics.DEAD_LETTERS:
            spent = Spent(cpu_s, wall_s)
            return Found(document.document_id, spent=spent, refused=_refusal(record))
        extraction = Extraction.from_json(record.value or b"")
        if extraction.document.text != document.text:
            raise ValueError(
                f"the text of document {document.document_id} of {document.corpus} was changed on "
                "its way: offsets into it mean nothing; mend the decoding"
            )
        tokens = extraction.tokens
        spent = Spent(cpu_s, wall_s, tokens.prompt, tokens.completion, extraction.cost_usd)
        return found_in(extraction, spent)

    async def _next(self, record: Record, cpu_s: dict[str, float]) -> Record:
        stage = self.readers[record.topic]
        if stage.name == _INFERENCE:
            clock_began = process_time()
            written = await answer_record(record, self.system.answering)
            spent = process_time() - clock_began
        else:
            clock_began = thread_time()
            written = [process_record(stage, record, self.system.context)]
            spent = thread_time() - clock_began
        if stage.name != _INFERENCE or self.system.at_once == 1:
            cpu_s[stage.name] = cpu_s.get(stage.name, 0.0) + spent
        following = next(one for one in written if one.topic != topics.INFERENCE_CALLS)
        return _read(following, record.offset)

    def _ingested(self, number: int, document: GoldDocument) -> Record:
        value = {
            "id": document.document_id,
            "text": document.text,
            "profile": self.system.profile,
            "published_at": document.published_at,
        }
        body = json.dumps({name: given for name, given in value.items() if given is not None})
        key = document.document_id.encode()
        return _read(Outgoing(topics.DOCUMENTS_INGEST, key, body.encode()), number)


def _read(written: Outgoing, offset: int) -> Record:
    """A record as the next stage reads it."""
    return Record(
        written.topic, 0, offset, _INGESTED_MS, written.key, written.value, written.headers
    )


def _refusal(letter: Record) -> str:
    parts = (letter.header(name) for name in (topics.LETTER_STAGE, topics.LETTER_KIND))
    return ": ".join((part or b"").decode() for part in parts)

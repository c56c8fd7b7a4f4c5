"""A server of models that answers as the local engine's rules would, in a thread of its own.

What it answers is rehearsed: the documents go through the flow in memory, and each prompt that is
rendered there is kept with its answer. A prompt that was not rehearsed is an error of the test.
"""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from processors.lexical.answering import answer
from processors.prompting.answer_reading import read_answer
from processors.prompting.answer_writing import as_answer
from processors.prompting.rendering import PromptRenderer
from processors.prompting.versions import load_templates
from schemas.completion import Completed, Completion
from schemas.record import Outgoing
from schemas.task import Task
from schemas.topics import Level
from schemas.work import Work
from streams.inference.embedded_engine import EmbeddedEngine
from tests.flow import PROFILES, memory_flow
from tests.streams.inference.serving.model_server import Behaviour, ModelServer, answers, fails

T = TypeVar("T")
_RENDERER = PromptRenderer(PROFILES, load_templates())
_PATIENCE_S = 10


@dataclass(frozen=True)
class Question:
    """A prompt that will be asked: of which document and level, by what its user says."""

    document_id: str
    level: Level
    user: str


class Rehearsing(EmbeddedEngine):
    """Answers what a model's answer holds of the rules' output, and notes it."""

    def __init__(self) -> None:
        super().__init__(PROFILES)
        self.answers: dict[Question, str] = {}

    async def complete(self, task: Task, work: Work) -> Completion:
        prompt = _RENDERER.render(task, work)
        written = json.dumps(as_answer(prompt, answer(task, work, PROFILES[task.profile])))
        self.answers[Question(task.document_id, task.level, prompt.user)] = written
        return Completed(task_id=task.task_id, output=read_answer(prompt, task.level, written))


def rehearsed(documents: Iterable[Outgoing]) -> dict[Question, str]:
    """What will be asked about the documents, in order, and what a model answers."""

    async def rehearse() -> dict[Question, str]:
        engine = Rehearsing()
        flow = memory_flow(engine)
        for document in documents:
            flow.log.append(document)
        await flow.run()
        await engine.close()
        return engine.answers

    return asyncio.run(rehearse())


class AnsweringServer:
    """Serves ``model`` and gives the rehearsed answers; counts what it was asked.

    What contains a text of ``instead`` is behaved to as it says.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self.answers: dict[str, str] = {}
        self.instead: dict[str, Behaviour] = {}
        self.asked: list[str] = []
        self.keys: Counter[str] = Counter()
        self.unknown: list[str] = []
        self.in_flight = 0
        self._server = ModelServer()
        self._server.models = [{"id": model, "root": model}]
        self._server.otherwise = self._behave
        self._serves = False
        self._loop = asyncio.new_event_loop()

    @property
    def url(self) -> str:
        return self._server.url

    def take_only(self, key: str) -> None:
        """Refuse every other key; none is asked for when empty."""
        self._server.key = key

    def times_asked(self, questions: Iterable[Question]) -> dict[Question, int]:
        counts = Counter(self.asked)
        return {question: counts[question.user] for question in questions}

    def start(self) -> None:
        """Serve, if it does not; the second time at the same address."""
        if not self._serves:
            self._run(self._server.start())
            self._serves = True

    def stop(self) -> None:
        """Die: whatever is under way breaks off."""
        self._run(self._server.stop())
        self._serves = False

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._loop.run_forever)
        thread.start()
        try:
            self.start()
            yield
        finally:
            self.stop()
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    @contextmanager
    def holding(self, texts: Iterable[str]) -> Iterator[None]:
        """Take calls that contain one of ``texts``, and answer them when this ends."""
        gate = asyncio.Event()

        async def hold(request: web.Request) -> web.StreamResponse:
            await gate.wait()
            return await self.as_rehearsed(request)

        try:
            with self.behaving(dict.fromkeys(texts, hold)):
                yield
        finally:
            self._loop.call_soon_threadsafe(gate.set)

    @contextmanager
    def behaving(self, instead: Mapping[str, Behaviour]) -> Iterator[None]:
        """Behave so to calls that contain a text."""
        self.instead = {**self.instead, **instead}
        try:
            yield
        finally:
            self.instead = {
                text: behaviour for text, behaviour in self.instead.items() if text not in instead
            }

    async def as_rehearsed(self, request: web.Request) -> web.StreamResponse:
        user = _user(await request.json())
        if user not in self.answers:
            self.unknown.append(user)
            return await fails(400, code="not_rehearsed")(request)
        return await answers(self.answers[user])(request)

    async def _behave(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if body["max_tokens"] == 1:  # warms the server up
            return await answers("{", "length")(request)
        user = _user(body)
        self.asked.append(user)
        self.keys[request.headers.get("Authorization", "")] += 1
        self.in_flight += 1
        try:
            for text, behave in self.instead.items():
                if text in user:
                    return await behave(request)
            return await self.as_rehearsed(request)
        finally:
            self.in_flight -= 1

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)


def after(seconds: float, behave: Behaviour) -> Behaviour:
    """Thinks before it behaves so."""

    async def think(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await behave(request)

    return think


def _user(body: Mapping[str, Any]) -> str:
    user: str = body["messages"][1]["content"]
    return user

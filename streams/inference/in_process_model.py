"""A language model in this process's care: vLLM's AsyncLLM, its engine core in child processes."""

import asyncio
import gc
import json
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from time import perf_counter
from typing import Any

from processors.prompting.prompt import Prompt
from schemas.errors import SetupError
from schemas.task import Sampling
from streams.inference.chat_tokens import ChatTokens
from streams.inference.engine import EngineDeadError
from streams.inference.generation import Generation, GenerationError, GenerationRequest
from streams.inference.process_guard import ProcessGuard
from streams.inference.vllm_settings import VllmSettings

# The room for an answer without which a call is not worth making.
_LEAST_ANSWER_TOKENS = 64
_END_SECONDS = 10.0
_WARM_ROUNDS = 3
_WARM_CALLS = 8
_WARM_UP = Prompt(
    instructions="Answer with JSON.",
    document="Is this model ready? " * 200,
    question="Is it?",
    schema={
        "type": "object",
        "properties": {"ready": {"type": "boolean"}},
        "required": ["ready"],
        "additionalProperties": False,
    },
    max_tokens=16,
)
# What vLLM reads from the environment when it is imported. Its children are told apart by theirs:
# one load at a time.
_ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_DO_NOT_TRACK": "1",
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
}
_LOADING = threading.Lock()


@dataclass(slots=True)
class EngineLoad:
    """The engine's own figures as of its last step: calls running and waiting, cache in use."""

    running: int = 0
    waiting: int = 0
    cache_share: float = 0.0


class InProcessModel:
    """The ``vllm`` engine's language model.

    Answers are held to their schema by xgrammar, without white space between tokens. Beginnings
    are shared through vLLM's prefix cache. Its processes end with this one, even if it is killed.

    Args:
        settings: the model and how it is run.
        warm_up: prompts as they will come: their grammars are compiled before ``start`` returns.
    """

    def __init__(self, settings: VllmSettings, warm_up: Sequence[Prompt] = ()) -> None:
        self.identity = settings.identity()
        self.load = EngineLoad()
        self._settings = settings
        self._warm_up = tuple(warm_up)
        self._guard = ProcessGuard()
        # A tokenizer is no thing for two threads: a thread of its own, off the event loop.
        self._tokenizing = ThreadPoolExecutor(1, thread_name_prefix="tokens")
        self._open: set[str] = set()
        self._engine: Any = None

    async def start(self) -> None:
        """Load and warm up: the first call afterwards is as quick as the rest.

        Raises:
            SetupError: it cannot be loaded, or can't be held to a schema; says what to set.
        """
        try:
            await asyncio.to_thread(self._load_engine)
            self._tokens = ChatTokens(self._engine.get_tokenizer())
            await self._warm()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Fail what is in flight and end the engine's processes."""
        engine, self._engine = self._engine, None
        if engine is not None:
            if not engine.errored:
                await engine.abort(tuple(self._open))
            await asyncio.to_thread(engine.shutdown, timeout=_END_SECONDS)
            del engine
            gc.collect()  # it lies in cycles, and complains when the interpreter's end finds it
        await asyncio.to_thread(self._guard.end)
        self._tokenizing.shutdown(wait=False)

    async def generate(self, request: GenerationRequest) -> Generation:
        """What the model writes to a prompt, held to its schema; cancelled, it is aborted.

        Raises:
            GenerationError: ``context_overflow`` where the prompt leaves no room for an answer;
                ``engine_error`` where its text or schema is refused, or the engine failed on it.
            EngineDeadError: the engine is gone, or was never started.
        """
        began = perf_counter()
        tokens = await self._tokenize(request.prompt)
        room = min(request.prompt.max_tokens, self._context - len(tokens))
        if room < min(request.prompt.max_tokens, _LEAST_ANSWER_TOKENS):
            raise GenerationError(
                "context_overflow",
                f"the prompt has {len(tokens)} tokens of {self._context} for prompt and answer "
                f"(up to {request.prompt.max_tokens}): take a smaller chunk, a tier with a longer "
                "context, or raise max_model_len",
                retryable=False,
            )
        self._open.add(request.request_id)
        try:
            output = await self._run(request, tokens, room)
        finally:
            self._open.discard(request.request_id)
        return _generation(output, (perf_counter() - began) * 1000)

    async def _tokenize(self, prompt: Prompt) -> list[int]:
        if self._engine is None:
            raise EngineDeadError("the vllm engine is not running: start it first")
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._tokenizing, self._tokens.encode, prompt
            )
        except UnicodeError:
            raise GenerationError(
                "engine_error",
                "the prompt cannot be tokenised: it holds a lone surrogate, which is no character",
                retryable=False,
            ) from None

    async def _run(self, request: GenerationRequest, tokens: list[int], room: int) -> Any:
        """The engine's final output for a prompt."""
        from vllm.exceptions import GracefulHTTPError, VLLMClientError
        from vllm.v1.engine.exceptions import EngineDeadError as CoreDeadError

        engine = self._engine
        if engine is None or engine.errored:
            raise _dead()
        output = None
        try:
            async for part in engine.generate(
                {"type": "token", "prompt_token_ids": tokens},
                _sampling(request.prompt, request.sampling, room),
                request.request_id,
                lora_request=self._lora,
            ):
                output = part
        except CoreDeadError:
            raise _dead() from None
        except GracefulHTTPError as error:
            raise GenerationError("engine_error", _line(error), retryable=True) from None
        except VLLMClientError as error:
            message = f"vllm refuses the call, its schema most likely: {_line(error)}"
            raise GenerationError("engine_error", message, retryable=False) from None
        except Exception as error:
            if engine.errored:
                raise _dead() from None
            cause = type(error.__cause__ or error).__name__
            message = f"vllm failed on this call with {cause}: its log says where"
            raise GenerationError("engine_error", message, retryable=False) from None
        if output is None or self._engine is None:
            raise _dead()
        return output

    def _load_engine(self) -> None:
        for name, value in _ENVIRONMENT.items():
            os.environ[name] = value
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
        try:
            from vllm import AsyncEngineArgs
            from vllm.lora.request import LoRARequest
            from vllm.v1.engine.async_llm import AsyncLLM
        except ImportError as error:
            raise SetupError(
                f"the engine vllm needs the package vllm ({error}): install the extra `vllm`"
            ) from None
        known = frozenset(field.name for field in fields(AsyncEngineArgs))
        arguments = self._settings.engine_arguments(known)
        lora = self._settings.lora
        self._lora = None if lora is None else LoRARequest("adapter", 1, lora)
        loggers = [_load_logger(self.load)]
        try:
            with _LOADING, self._guard.marking():
                self._engine = AsyncLLM.from_engine_args(
                    AsyncEngineArgs(**arguments), stat_loggers=loggers
                )
        except Exception as error:
            raise SetupError(_cannot_load(self._settings.model, error)) from error
        self._context = int(self._engine.model_config.max_model_len)

    async def _warm(self) -> None:
        """Make calls as they will come until kernels, grammars and connections are warm."""
        for turn in range(_WARM_ROUNDS):
            calls = [
                self._warm_call(prompt, f"warm-{turn}-{call}-{number}")
                for number, prompt in enumerate((_WARM_UP, *self._warm_up))
                for call in range(_WARM_CALLS if turn else 1)
            ]
            await asyncio.gather(*calls)

    async def _warm_call(self, prompt: Prompt, request_id: str) -> None:
        try:
            answer = await self.generate(GenerationRequest(request_id, "", prompt))
            if answer.finish_reason == "stop":
                json.loads(answer.text, strict=False)
        except GenerationError as error:
            raise SetupError(
                f"model {self._settings.model} loads, but fails its first call: {error.message}"
            ) from error
        except ValueError:
            raise SetupError(
                f"model {self._settings.model} is not held to a schema: its tokenizer does not "
                "work with xgrammar; take another model"
            ) from None


def _sampling(prompt: Prompt, sampling: Sampling, max_tokens: int) -> Any:
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

    return SamplingParams(
        temperature=sampling.temperature,
        seed=sampling.ordinal or None,
        max_tokens=max_tokens,
        structured_outputs=StructuredOutputsParams(json=dict(prompt.schema)),
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def _generation(output: Any, run_ms: float) -> Generation:
    """What came of a call, from vLLM's ``RequestOutput``.

    Raises:
        GenerationError: the engine gave it up.
    """
    answer, times = output.outputs[0], output.metrics
    if answer.finish_reason not in ("stop", "length"):
        message = f"vllm ended the call with {answer.finish_reason!r}: its log says why"
        retryable = bool(answer.finish_reason == "abort")
        raise GenerationError("engine_error", message, retryable=retryable)
    return Generation(
        text=answer.text,
        finish_reason=answer.finish_reason,
        prompt_tokens=len(output.prompt_token_ids),
        cached_tokens=output.num_cached_tokens,
        completion_tokens=len(answer.token_ids),
        queue_ms=None if times is None else (times.scheduled_ts - times.queued_ts) * 1000,
        first_token_ms=None if times is None else times.first_token_latency * 1000,
        run_ms=run_ms,
    )


def _load_logger(load: EngineLoad) -> type[Any]:
    """What vLLM hands its statistics to; with one of this class it keeps no other."""
    from vllm.v1.metrics.loggers import PrometheusStatLogger

    class LoadLogger(PrometheusStatLogger):  # type: ignore[misc]
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def record(self, scheduler_stats: Any, *_: Any, **__: Any) -> None:
            if scheduler_stats is not None:
                load.running = scheduler_stats.num_running_reqs
                load.waiting = scheduler_stats.num_waiting_reqs
                load.cache_share = scheduler_stats.kv_cache_usage

        def log_engine_initialized(self) -> None:
            pass

    return LoadLogger


def _dead() -> EngineDeadError:
    return EngineDeadError("the vllm engine has died or was closed: its log on stderr says why")


def _line(error: Exception) -> str:
    """The first line of what vLLM says; not its ``str``, which adds the value that it refused."""
    return str(error.args[0] if error.args else type(error).__name__).strip().splitlines()[0][:300]


_ADVICE = (
    (("core proc", "initialization failed"), "the cause is in its log above on stderr"),
    (
        ("quantiz",),
        "set quantization to one that this vLLM and this device can do, or leave it out",
    ),
    (("max_model_len", "max_position"), "set max_model_len to what the model was made for"),
    (("memory", "kv cache"), "lower max_model_len or max_num_seqs, or give it more memory"),
    (("hub", "cached", "huggingface"), "correct model and revision, or fetch the model first"),
)


def _cannot_load(model: str, error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    what = next((line for line in lines if "validation error" not in line), type(error).__name__)
    what = what.removeprefix("Value error, ")
    advice = next(
        (advice for words, advice in _ADVICE if any(word in what.lower() for word in words)),
        "check the settings of the engine",
    )
    return f"vllm cannot load model {model}: {what[:300]}: {advice}"

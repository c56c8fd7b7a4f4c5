"""The engines that the settings name, and the lanes that lead to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from millrace import wiring
from millrace.settings import EngineSettings, Settings, SettingsError
from processors.prompting.prompt import Prompt
from processors.prompting.rendering import PromptRenderer
from processors.prompting.versions import load_templates
from schemas.profile import Profile
from streams.inference.admission.ticket import Limits
from streams.inference.answering import Answering
from streams.inference.cache.disk import DiskCompletions
from streams.inference.cache.single_flight import SingleFlight
from streams.inference.conversation import PromptedSettings
from streams.inference.embedded_engine import EmbeddedEngine
from streams.inference.engine import DeployedEngine
from streams.inference.generation import LanguageModel
from streams.inference.in_process_model import InProcessModel
from streams.inference.lane import Lane
from streams.inference.prices import Prices
from streams.inference.prompted_engine import PromptedEngine
from streams.inference.served_model import Refused, ServedModel
from streams.inference.serving.settings import ServedModelSettings
from streams.inference.vllm_settings import VllmSettings
from streams.telemetry.inference_metrics import count_server_failure, watch_servers

# Rules on one thread: no call is quicker for company, and what waits takes memory.
_LOCAL_LIMITS = Limits(max_batch_size=64, max_open_documents=128, linger_s=0.0, max_waiting=128)


@dataclass(frozen=True, slots=True)
class Deployment:
    """What an inference consumer is made of; ``cache`` is None where no model is asked."""

    answering: Answering
    cache: DiskCompletions | None


@dataclass(frozen=True, slots=True)
class Shared:
    """What the engines of all tiers share. ``renderer`` and ``answers`` are for models alone."""

    profiles: Mapping[str, Profile]
    prompt_version: str = ""
    renderer: PromptRenderer | None = None
    answers: SingleFlight | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """Which tier an engine is for; ``refused`` tells its lane of servers without room."""

    name: str
    refused: Refused


def _local(_settings: EngineSettings, shared: Shared, _tier: Tier) -> DeployedEngine:
    return EmbeddedEngine(shared.profiles)


def _vllm(settings: EngineSettings, shared: Shared, _tier: Tier) -> DeployedEngine:
    if not settings.model:
        raise SettingsError("the engine vllm needs a model: set MILLRACE_MODEL to its folder")
    chosen = VllmSettings(
        model=settings.model,
        revision=settings.model_revision or None,
        max_model_len=settings.vllm_max_model_len,
        max_num_seqs=settings.max_batch_size,
        quantization=settings.vllm_quantization or None,
        tensor_parallel_size=settings.vllm_tensor_parallel_size,
        gpu_memory_utilization=settings.vllm_gpu_memory_utilization,
        lora=settings.vllm_lora or None,
        extra=settings.vllm_extra,
    )
    return _prompted(settings, shared, lambda prompts: InProcessModel(chosen, prompts))


def _openai(settings: EngineSettings, shared: Shared, tier: Tier) -> DeployedEngine:
    chosen = ServedModelSettings(
        urls=settings.openai_urls,
        model=settings.model,
        api_key=settings.openai_api_key.get_secret_value(),
        revision=settings.model_revision,
        cafile=settings.openai_ssl_cafile,
        max_connections=settings.max_batch_size,
        extra_body=settings.openai_extra_body,
    )

    def model(prompts: Sequence[Prompt]) -> LanguageModel:
        failed = partial(count_server_failure, tier.name)
        made = ServedModel(chosen, prompts, tier.refused, failed)
        watch_servers(tier.name, made.servers)
        return made

    return _prompted(settings, shared, model)


def _prompted(
    settings: EngineSettings,
    shared: Shared,
    model: Callable[[Sequence[Prompt]], LanguageModel],
) -> DeployedEngine:
    if shared.renderer is None or shared.answers is None:
        raise ValueError("an engine of prompts is made with a renderer and a cache")
    prices = Prices(settings.price_prompt, settings.price_cached, settings.price_completion)
    prompts = shared.renderer.warm_up(shared.prompt_version)
    return PromptedEngine(model(prompts), shared.renderer, shared.answers, PromptedSettings(prices))


# The setting ``engine`` -> what makes that engine.
ENGINES: Final[Mapping[str, Callable[[EngineSettings, Shared, Tier], DeployedEngine]]] = {
    "local": _local,
    "vllm": _vllm,
    "openai": _openai,
}


def deploy(settings: Settings, profiles: Mapping[str, Profile]) -> Deployment:
    """The lanes of the tiers that this process serves; nothing is loaded yet.

    Raises:
        MillraceError: a model, a server or a template is not named as it should be.
    """
    chosen = {tier: settings.engine_of(tier) for tier in settings.serve_tiers or settings.tiers}
    cache, shared = None, Shared(profiles)
    if any(one.engine not in wiring.OWN_MODELS for one in chosen.values()):
        cache = DiskCompletions(wiring.cache_settings(settings))
        templates = load_templates(*([settings.prompts] if settings.prompts else []))
        renderer = PromptRenderer(profiles, templates)
        shared = Shared(profiles, settings.prompt_version, renderer, SingleFlight(cache))
    lanes: dict[str, Lane] = {}
    for tier, one in chosen.items():
        # Bound now: the engine is made before the lane that it reports to.
        place = Tier(tier, partial(_refused, lanes, tier))
        lanes[tier] = Lane(tier, ENGINES[one.engine](one, shared, place), limits(one))
    last_resort = EmbeddedEngine(profiles) if settings.last_resort == "local" else None
    answering = Answering(lanes, last_resort, max_message_bytes=settings.max_message_bytes)
    return Deployment(answering, cache)


def _refused(
    lanes: Mapping[str, Lane], tier: str, began: float, now: float, retry_after_s: float | None
) -> None:
    lanes[tier].refused(began, now, retry_after_s)


def limits(settings: EngineSettings) -> Limits:
    """How much of an engine's work is admitted at a time."""
    if settings.engine in wiring.OWN_MODELS:
        return _LOCAL_LIMITS
    return Limits(
        max_batch_size=settings.max_batch_size,
        max_batch_tokens=settings.max_batch_tokens,
        max_open_documents=settings.max_open_documents,
        linger_s=settings.linger_ms / 1000,
    )

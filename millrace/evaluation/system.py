"""The engine that is evaluated, as the settings and the command name it."""

from dataclasses import dataclass, replace

from eval.running import System, system_of
from millrace import wiring
from millrace.engines import ENGINES, Shared, Tier, limits
from millrace.errors import UsageError
from millrace.settings import EngineSettings, Settings
from processors.prompting.rendering import PromptRenderer
from processors.prompting.versions import load_templates
from processors.recognition.recogniser import BUNDLED
from streams.inference.cache.memory import MemoryCompletions
from streams.inference.cache.single_flight import SingleFlight

# Leaves it to the pipeline which profile a document is read for.
ANY_PROFILE = "auto"
_CACHE_BYTES = 64 * 1024 * 1024
_CACHE_S = 24 * 3_600.0
_TIER = "evaluation"
# A stage waits for a server as long as it takes; who sits before a terminal wants to know.
SERVER_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """What the command says of the engine; None is as the settings say.

    ``profile`` is the one that documents are read for, or ``ANY_PROFILE``.
    """

    engine: str | None = None
    model: str | None = None
    profile: str = "news"


def system(settings: Settings, choice: EngineChoice) -> System:
    """The engine in the real stages; nothing is loaded or asked yet.

    Answers are remembered within one evaluation alone: what an engine costs and takes is that of a
    first time. Nothing else answers where it fails.

    Raises:
        UsageError: there is no such profile, or engine and model do not fit together.
        MillraceError: a server, a template or a profile is not as it should be.
    """
    engine = _engine_settings(settings, choice)
    profiles = wiring.profiles(settings)
    if choice.profile not in (*profiles, ANY_PROFILE):
        raise UsageError(
            f"no profile {choice.profile!r}; there are {', '.join(sorted(profiles))}, "
            f"and {ANY_PROFILE} leaves it to the pipeline"
        )
    shared = Shared(profiles)
    is_model = engine.engine not in wiring.OWN_MODELS
    if is_model:
        templates = load_templates(*([settings.prompts] if settings.prompts else []))
        renderer = PromptRenderer(profiles, templates)
        answers = SingleFlight(MemoryCompletions(_CACHE_BYTES, _CACHE_S))
        shared = Shared(profiles, settings.prompt_version, renderer, answers)
    made: list[System] = []

    def refused(began: float, now: float, retry_after_s: float | None) -> None:
        for lane in made[0].answering.lanes.values():
            lane.refused(began, now, retry_after_s)

    one = system_of(
        ENGINES[engine.engine](engine, shared, Tier(_TIER, refused)),
        profiles,
        None if choice.profile == ANY_PROFILE else choice.profile,
        # Rules are no quicker for company, and alone their time is told by stage.
        at_once=engine.max_open_documents if is_model else 1,
        limits=limits(engine),
        prompt_version=settings.prompt_version,
    )
    one = _recognised(one, settings)
    made.append(replace(one, start_within_s=SERVER_WITHIN_S if engine.engine == "openai" else None))
    return made[0]


def _recognised(one: System, settings: Settings) -> System:
    """The system with the recogniser of the settings, which its name tells where it was chosen."""
    recogniser = wiring.recogniser(settings)
    annotation = replace(one.context.annotation, recogniser=recogniser)
    context = replace(one.context, annotation=annotation)
    if settings.recogniser == BUNDLED:
        return replace(one, context=context)
    return replace(one, context=context, name=f"{one.name} with {recogniser.identity}")


def _engine_settings(settings: Settings, choice: EngineChoice) -> EngineSettings:
    """The settings of all tiers, with what the command says instead."""
    engine = choice.engine or settings.engine
    if choice.model and engine in wiring.OWN_MODELS:
        raise UsageError(f"the engine {engine} has no model to choose: leave --model out")
    model = choice.model or settings.model
    if not model and engine not in wiring.OWN_MODELS:
        raise UsageError(f"the engine {engine} needs a model: give --model, or set MILLRACE_MODEL")
    shared = {name: getattr(settings, name) for name in EngineSettings.model_fields}
    return EngineSettings.model_validate({**shared, "engine": engine, "model": model})

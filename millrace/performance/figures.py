"""What is known of a pipeline's work over some seconds: values, measured elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: ``members`` of its group, of which ``watched`` tell of their work.

    ``records_per_s`` is what the watched processes do; ``lag`` is that of the stage. ``busy`` is
    the share of the time that one of them spent on records or inserts, None where that time is
    mostly waiting. ``cpu`` is the share of one processor that one of them used, with all that runs
    in it: ``shared`` says whether other stages do.
    """

    name: str
    records_per_s: float
    lag: int
    members: int
    watched: int
    busy: float | None
    cpu: float | None
    shared: bool

    @property
    def wait_s(self) -> float:
        """How long a record that comes now will wait; infinite while none is done."""
        if not self.lag:
            return 0.0
        return self.lag / self.records_per_s if self.records_per_s else float("inf")


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier, in all processes that serve it.

    ``fill``, ``in_flight``, ``waiting`` and ``open_documents`` are means over the time, the last
    three summed over processes; the limit of open documents is summed as well. ``tasks`` are
    attempts that came to their end, ``cached`` and ``failed`` those of them that the cache answered
    and that failed.
    """

    name: str
    engine: str
    fill: float
    in_flight: float
    waiting: float
    open_documents: float
    open_limit: int
    tasks: int
    cached: int
    failed: int
    tokens_per_s: float
    breakers_open: int = 0


@dataclass(frozen=True, slots=True)
class Calls:
    """What the calls of the last ``hours`` took, by the table of calls.

    ``documents`` are those that had calls. Of the tokens, ``known_prompt`` counts prompts whose
    cached tokens the engine told, and ``cached`` these. ``engine_s`` is the time in the engine;
    ``levels`` says how the cost, else the engine's time, is shared out.
    """

    hours: float
    documents: int
    calls: int
    from_cache: int
    prompt_tokens: int
    completion_tokens: int
    known_prompt: int
    cached: int
    cost_usd: float
    engine_s: float
    levels: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it, measured over ``seconds``. ``silent`` are the processes that did not answer.

    ``machine`` is the share of all its processors that was used, by whomever; None is not known.
    """

    seconds: float
    processes: int
    silent: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    tiers: tuple[Tier, ...] = ()
    sink_failures: int = 0
    machine: float | None = None

"""What to change where a stage holds up the others."""

from millrace.performance.figures import Figures, Stage

STARVED = 0.5
"""An engine that is less full, or a stage that works a smaller share of its time, has room."""

_FULL = 0.8
_USED_UP, _MACHINE_USED_UP = 0.85, 0.95
_OPEN = 0.9


def advice_for(figures: Figures, stage: Stage) -> str:
    """What to change for the slowest stage, with the figure that it rests on."""
    if stage.name == "inference":
        return _of_inference(figures, stage)
    return _of_sink(figures, stage) if stage.name == "sink" else _of_stage(figures, stage)


def counted(number: int, one: str, more: str = "") -> str:
    """A number with what is counted, in the singular or the plural."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def _of_machine(figures: Figures, stage: Stage) -> str:
    """What to change where the stage wants a processor and this machine has none left; or empty."""
    is_full = figures.machine is not None and figures.machine >= _MACHINE_USED_UP
    if not is_full or stage.cpu is None or stage.cpu >= _USED_UP:
        return ""
    return (
        f"the processors of this machine are used up ({figures.machine:.0%}; its process got "
        f"{stage.cpu:.0%} of one): give it more, or let other work, the engine or stages run "
        "elsewhere"
    )


def _of_inference(figures: Figures, stage: Stage) -> str:
    """What to change where inference is the slowest: of the tier with the most to do."""
    if not figures.tiers:
        return "no process tells of its engine: see `millrace status`"
    tier = max(figures.tiers, key=lambda one: one.in_flight + one.waiting)
    if tier.breakers_open:
        return (
            f"{counted(tier.breakers_open, 'server')} of {tier.name} answer no calls: see to them"
        )
    if tier.engine == "local":
        used = "" if stage.cpu is None else f", which uses {stage.cpu:.0%} of one"
        return _of_machine(figures, stage) or (
            f"the local engine is bound by one processor{used}: start a second `millrace run "
            "inference`, here if this machine has another to spare"
        )
    if tier.fill >= _FULL:
        return (
            f"the engine of {tier.name} is full ({tier.fill:.0%}): give it more of a GPU, a second "
            "server or process; or, if its key-value cache has room, raise "
            "MILLRACE_MAX_BATCH_SIZE and MILLRACE_MAX_BATCH_TOKENS"
        )
    if tier.open_limit and tier.open_documents >= _OPEN * tier.open_limit:
        return (
            f"the engine of {tier.name} has room ({tier.fill:.0%} full), but "
            f"{tier.open_documents:,.0f} of {tier.open_limit:,} documents are open: raise "
            "MILLRACE_MAX_OPEN_DOCUMENTS"
        )
    if stage.cpu is not None and stage.cpu >= _USED_UP:
        return (
            f"the engine of {tier.name} has room ({tier.fill:.0%} full), but the process that "
            f"feeds it uses {stage.cpu:.0%} of its processor: start a second "
            "`millrace run inference`"
        )
    return (
        f"the engine of {tier.name} is {tier.fill:.0%} full with {tier.waiting:,.0f} tasks "
        "waiting: the dashboard Inference shows whether servers refuse calls"
    )


def _of_sink(figures: Figures, stage: Stage) -> str:
    if figures.sink_failures:
        return (
            f"{counted(figures.sink_failures, 'insert')} failed meanwhile: see to ClickHouse, "
            "`millrace doctor` says what it answers"
        )
    if stage.cpu is not None and stage.cpu >= _USED_UP:
        return (
            f"its process uses {stage.cpu:.0%} of a processor: start a second `millrace run sink`"
        )
    if advice := _of_machine(figures, stage):
        return advice
    if stage.busy is not None and stage.busy >= STARVED:
        return (
            f"{stage.busy:.0%} of its time goes into inserts: look at ClickHouse's disk and merges"
        )
    return "neither inserts nor its processor fill its time: look at Kafka's disk"


def _of_stage(figures: Figures, stage: Stage) -> str:
    if advice := _of_machine(figures, stage):
        return advice
    if stage.cpu is not None and stage.cpu >= _USED_UP:
        used = f"its process uses {stage.cpu:.0%} of a processor"
        if stage.shared:
            own = "" if stage.busy is None else f", {stage.busy:.0%} for {stage.name}"
            return f"{used}{own}: give each stage one, `millrace run --processes each`"
        return f"{used}: start a second `millrace run {stage.name}`"
    busy = "" if stage.busy is None else f" ({stage.busy:.0%} of its time is work)"
    return (
        f"it is not short of a processor{busy}: look at Kafka's disk, and whether its partitions "
        "are spread over its processes"
    )

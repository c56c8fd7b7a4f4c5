"""What figures of a pipeline's work say: what holds it up, and what to change."""

from millrace.checks.finding import Finding, absent, ok, problem, warning
from millrace.performance.advice import STARVED, advice_for, counted
from millrace.performance.figures import Figures, Stage, Tier

# Less is what a stage has in hand.
_FEW_RECORDS = 20
_NOTICED_S = 5.0
_FEW_TASKS = 20
_MANY_FAILURES = 0.05


def analyse(figures: Figures) -> list[Finding]:
    """Findings in the order in which one would ask: what runs, what holds it up, how engines do."""
    findings = _processes(figures)
    if figures.stages and figures.processes:
        slowest = _slowest(figures)
        findings.append(_throughput(figures, slowest))
        for tier in figures.tiers:
            findings += _engine(tier, slowest)
    return findings


def _processes(figures: Figures) -> list[Finding]:
    if not figures.processes and not figures.silent:
        return [absent("processes", "no process of stages runs here", "start them: `millrace run`")]
    silent = ", ".join(figures.silent)
    if not figures.processes:
        seen = f"no process answers at {silent}"
        return [absent("processes", seen, "start them: `millrace run`")]
    done = sum(stage.records_per_s for stage in figures.stages) * figures.seconds
    seen = (
        f"{counted(figures.processes, 'process', 'processes')} watched for {figures.seconds:.0f} s"
    )
    findings = [ok("processes", f"{seen}, in which {counted(round(done), 'record')} were done")]
    if silent:
        advice = "if it was killed, `millrace run` again; the figures below are without it"
        findings.append(warning("processes", f"none answers at {silent}", advice))
    idle = [stage.name for stage in figures.stages if not stage.members]
    if idle:
        named = ", ".join(idle)
        findings.append(
            absent("processes", f"none runs {named}", f"start it: `millrace run {' '.join(idle)}`")
        )
    elsewhere = [stage.name for stage in figures.stages if stage.members > stage.watched]
    if elsewhere:
        advice = "ask there too: what they do is not in the figures below"
        seen = f"some of {', '.join(elsewhere)} run from another MILLRACE_HOME"
        findings.append(warning("processes", seen, advice))
    return findings


def _slowest(figures: Figures) -> Stage | None:
    """The stage where a record waits longest, if that is long enough to be noticed."""
    behind = [one for one in figures.stages if one.lag >= _FEW_RECORDS and one.watched]
    slowest = max(behind, key=lambda one: one.wait_s, default=None)
    return slowest if slowest is not None and slowest.wait_s >= _NOTICED_S else None


def _throughput(figures: Figures, slowest: Stage | None) -> Finding:
    name = "throughput"
    if slowest is None:
        return _keeps_up(figures)
    waiting = f"{slowest.lag:,} records wait for {slowest.name}"
    if not slowest.records_per_s:
        if slowest.name == "inference" and any(tier.in_flight > 0 for tier in figures.tiers):
            seen = f"{waiting}; none was done in {figures.seconds:.0f} s, too little to judge by"
            return warning(name, seen, "look again with a longer --seconds: calls take their time")
        seen = f"{waiting}, and it did none in {figures.seconds:.0f} s"
        if slowest.name == "inference" and any(tier.breakers_open for tier in figures.tiers):
            return problem(name, seen, advice_for(figures, slowest))
        advice = "it stands still: see its log in the folder logs, and `millrace doctor`"
        return problem(name, seen, advice)
    seen = (
        f"{slowest.name} holds the others up: {waiting}, {slowest.records_per_s:,.1f} are done a "
        f"second, so the last of them is done in {_duration(slowest.wait_s)}"
    )
    return warning(name, seen, advice_for(figures, slowest))


def _keeps_up(figures: Figures) -> Finding:
    lag = sum(stage.lag for stage in figures.stages)
    if not lag and not sum(stage.records_per_s for stage in figures.stages):
        return ok("throughput", "idle: nothing waits and nothing was done; look again under load")
    longest = max(figures.stages, key=lambda one: one.wait_s)
    if not longest.lag:
        return ok("throughput", "nothing is held up: no record waits")
    return ok(
        "throughput",
        f"nothing is held up: most wait for {longest.name}, {longest.lag:,} records at "
        f"{longest.records_per_s:,.1f} a second",
    )


def _engine(tier: Tier, slowest: Stage | None) -> list[Finding]:
    """How full a tier's engine is, how often it fails, what the cache of answers spares it."""
    name = f"engine {tier.name}"
    if not tier.tasks and not tier.in_flight and not tier.waiting:
        return [ok(name, "had nothing to do")]
    seen = f"{tier.fill:.0%} full: {tier.in_flight:,.0f} tasks in flight, {tier.waiting:,.0f} wait"
    if tier.tokens_per_s:
        seen += f", {tier.tokens_per_s:,.0f} tokens a second"
    findings = [ok(name, seen)]
    is_starved = tier.fill < STARVED and tier.waiting <= tier.in_flight
    if is_starved and slowest is not None and slowest.name != "inference":
        advice = f"it waits for {slowest.name}: see throughput"
        findings = [warning(name, seen, advice)]
    if tier.tasks < _FEW_TASKS:
        return [*findings, ok("answers", f"{tier.tasks} tasks of {tier.name}: too few to judge by")]
    findings.append(
        ok("answers", f"{tier.cached / tier.tasks:.0%} of {tier.tasks:,} tasks of {tier.name} were "
           "answered by the cache")
    )  # fmt: skip
    if tier.failed / tier.tasks > _MANY_FAILURES:
        findings.append(
            warning(
                "failures",
                f"{tier.failed / tier.tasks:.0%} of {tier.tasks:,} calls of {tier.name} failed",
                "their outcomes are in the table inference_calls",
            )
        )
    return findings


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"

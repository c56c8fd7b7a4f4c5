"""``scheduler_overhead``: what the scheduler leaves of a simulated engine's own limit."""

from bench.results import Measure
from bench.simulation.documents import documents
from bench.simulation.feeds import Scheduled
from bench.simulation.pipeline import Simulation, limit
from streams.inference.admission.ticket import Limits

IN_FLIGHT = 256
DOCUMENTS = 5_000
TASKS_PER_S = 100


def scheduler_overhead() -> list[Measure]:
    """Steady throughput with the scheduler, polls and stages, against 256 calls always in flight.

    The CPU of the scheduler is measured on this machine, over all of its calls.
    """
    work = documents(DOCUMENTS)
    most = limit(work, IN_FLIGHT)
    feed = Scheduled(Limits(max_batch_size=IN_FLIGHT, max_open_documents=IN_FLIGHT))
    ours = Simulation(work, feed).run()
    whole = most.makespan_s / ours.makespan_s
    a_task = feed.spent_ns / ours.calls / 1e9
    return [
        Measure(
            "scheduler_overhead",
            ours.steady_tokens_per_s / most.steady_tokens_per_s,
            "",
            0.98,
            "higher",
            f"simulated, {IN_FLIGHT} in flight, {DOCUMENTS:,} documents, between levels 0.1 to "
            f"1.5 s: {ours.steady_tokens_per_s:,.0f} answer tokens/s of "
            f"{most.steady_tokens_per_s:,.0f}; start and end included {whole:.3f}",
        ),
        Measure(
            "scheduler_cpu",
            a_task * TASKS_PER_S,
            "of a core",
            0.02,
            "lower",
            f"at {TASKS_PER_S} tasks/s: {a_task * 1e6:.0f} µs a task, all decisions",
        ),
    ]

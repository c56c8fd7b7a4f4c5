"""``prompt_share_simulated``: prompt tokens computed when the cache is too small for all."""

from bench.results import Measure
from bench.simulation.documents import documents
from bench.simulation.engine import Model
from bench.simulation.feeds import FirstInFirstOut, Scheduled
from bench.simulation.pipeline import Outcome, Simulation
from streams.inference.admission.ticket import Limits

IN_FLIGHT = 64
DOCUMENTS = 1_000
CACHE_TOKENS = 60_000
"""Less than the texts alone of 64 documents."""


def prompt_share_simulated() -> list[Measure]:
    """Prompt tokens computed of all prompt tokens, over all levels, on a simulated engine.

    The window takes 0.85 of the cache: the rest holds what documents between two levels left there.
    """
    (one, most_open), (two, _), (three, _) = (_simulated(chunks) for chunks in (1, 2, 3))
    fifo = Simulation(
        documents(DOCUMENTS), FirstInFirstOut(IN_FLIGHT), Model(cache_tokens=CACHE_TOKENS)
    ).run()
    return [
        Measure(
            "prompt_share_simulated",
            one.computed_share,
            "",
            0.28,
            "lower",
            f"cache of {CACHE_TOKENS:,} tokens, less than the texts of the {IN_FLIGHT} documents "
            f"that may be open ({most_open} were: the window is full before); of two chunks "
            f"{two.computed_share:.2f}, of three {three.computed_share:.2f}; first in first out "
            f"{fifo.computed_share:.2f}, and {fifo.makespan_s / one.makespan_s:.2f} times as long",
        )
    ]


def _simulated(chunks: int) -> tuple[Outcome, int]:
    limits = Limits(
        max_batch_size=IN_FLIGHT,
        max_batch_tokens=CACHE_TOKENS * 85 // 100,
        max_open_documents=IN_FLIGHT,
    )
    work = documents(DOCUMENTS, chunks)
    feed = Scheduled(limits)
    return Simulation(work, feed, Model(cache_tokens=CACHE_TOKENS)).run(), feed.most_open

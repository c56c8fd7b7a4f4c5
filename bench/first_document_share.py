"""``first_document_share``: how soon the first document of a backlog is finished."""

from collections.abc import Sequence

from bench.results import Measure
from bench.simulation.documents import Document, documents
from bench.simulation.feeds import FirstInFirstOut, Scheduled
from bench.simulation.pipeline import Outcome, Simulation
from streams.inference.admission.ticket import Limits

IN_FLIGHT = 64
OPEN = 48
DOCUMENTS = 1_000


def first_document_share() -> list[Measure]:
    """The first finished document of a simulated backlog, as a share of the makespan.

    Beside it first in first out, from one queue as records arrive.
    """
    work = documents(DOCUMENTS)
    ours, wider = (_scheduled(work, most_open) for most_open in (OPEN, IN_FLIGHT))
    fifo = Simulation(work, FirstInFirstOut(IN_FLIGHT)).run()
    return [
        Measure(
            "first_document_share",
            ours.first_document_share,
            "",
            0.05,
            "lower",
            f"simulated, {IN_FLIGHT} in flight, {DOCUMENTS:,} documents in backlog, {OPEN} open; "
            f"half of them after {ours.half_share:.2f}; with {IN_FLIGHT} open "
            f"{wider.first_document_share:.3f} and {ours.makespan_s / wider.makespan_s:.2f} times "
            f"as fast; first in first out {fifo.first_document_share:.2f} and "
            f"{fifo.half_share:.2f}, and {fifo.makespan_s / ours.makespan_s:.2f} times as long",
        )
    ]


def _scheduled(work: Sequence[Document], most_open: int) -> Outcome:
    limits = Limits(max_batch_size=IN_FLIGHT, max_open_documents=most_open)
    return Simulation(work, Scheduled(limits)).run()

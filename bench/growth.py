"""``growth``: does ten times the documents cost ten times the work, and no more memory?"""

from bench.mail import OURS, run_load
from bench.results import Measure
from bench.stack import own_stack

FEW, MANY = 1_000, 10_000
WARM_UP = 200


def growth() -> list[Measure]:
    """CPU seconds a document at 10,000 documents against those at 1,000.

    Of CPU, because waiting for the first record and the last commit weighs ten times more in the
    shorter run; the ratio of wall time is in the note.
    """
    with own_stack() as settings:
        run_load(settings, WARM_UP)
        few = run_load(settings, FEW)
        many = run_load(settings, MANY)
    per_few = sum(few.cpu_s.values()) / FEW
    per_many = sum(many.cpu_s.values()) / MANY
    wall = (many.seconds / MANY) / (few.seconds / FEW)
    note = (
        f"CPU a document {per_few * 1000:.1f} ms at {FEW:,}, {per_many * 1000:.1f} ms at "
        f"{MANY:,}; wall time a document {wall:.2f}"
    )
    middle = len(many.samples) // 2
    first = {name: max(one[name] for one in many.samples[:middle]) for name in OURS}
    second = {name: max(one[name] for one in many.samples[middle:]) for name in OURS}
    memory = max(second[name] / first[name] for name in OURS)
    grown = f"most in the first and the second half of {MANY:,}: " + ", ".join(
        f"{name} {first[name]:.0f} and {second[name]:.0f} MB" for name in OURS
    )
    return [
        Measure("growth", per_many / per_few, "", 1.1, "lower", note),
        Measure("growth_memory", memory, "", 1.1, "lower", grown),
    ]

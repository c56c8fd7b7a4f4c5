"""``python -m tests.chaos [FAULT…]``: inject faults many times, keep what came of it."""

import argparse
import logging
import signal
import sys
from collections import defaultdict
from datetime import UTC, datetime
from random import Random, SystemRandom

from tests.chaos.catalogue import FAULTS, RATES
from tests.chaos.experiment import Injection, Result, experiment
from tests.chaos.fault import FaultNotPossibleError
from tests.chaos.flow import Shape, running_flow
from tests.chaos.results import Series, cells, record, record_throughput
from tests.chaos.throughput import NAME as THROUGHPUT
from tests.chaos.throughput import measured

TIMES = 50
RECOVERY_GOAL_S = 15.0
THROUGHPUT_GOAL = 0.5


def main() -> int:
    arguments = _arguments()
    names = arguments.faults or [*FAULTS, THROUGHPUT]
    if unknown := [name for name in names if name not in (*FAULTS, THROUGHPUT)]:
        sys.exit(f"no fault {unknown[0]!r}: there are {', '.join([*FAULTS, THROUGHPUT])}")
    seed = SystemRandom().randrange(1_000_000) if arguments.seed is None else arguments.seed
    _say(f"seed {seed}")
    # What was started is ended and what was mounted unmounted, also when this is ended early.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # The driver's own clients lose Kafka again and again, and say so each time.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    by_shape: dict[Shape, list[str]] = defaultdict(list)
    for name in names:
        if name in FAULTS:
            by_shape[FAULTS[name].shape].append(name)
    fine = True
    for shape, faults in by_shape.items():
        fine &= _run(shape, faults, arguments.times, seed)
    if THROUGHPUT in names:
        found = measured(seed, arguments.documents, _today())
        record_throughput(found)
        _say(f"{THROUGHPUT}: {found.share:.2f} of {found.without:.0f}/s, {found.kills} kills")
        fine &= found.share >= THROUGHPUT_GOAL
    return 0 if fine else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="all by default")
    parser.add_argument("--times", type=int, default=TIMES, help="injections of each")
    parser.add_argument("--seed", type=int, help="of the moments; a new one by default")
    parser.add_argument(
        "--documents", type=int, default=6_000, help="of each pass of the throughput"
    )
    return parser.parse_args()


def _run(shape: Shape, names: list[str], times: int, seed: int) -> bool:
    """Inject faults into one flow, one kind after the other; say whether all went well."""
    fine = True
    with running_flow(shape) as flow:
        for name in names:
            _say(f"{name} …")
            fault = FAULTS[name].fault()
            random = Random(f"{seed} {name}")  # noqa: S311 - moments, no secrets
            try:
                result = experiment(flow, [fault] * times, random, RATES[shape], _tell)
            except FaultNotPossibleError as error:
                _say(f"\n  NOT RUN: {error}")
                fine = False
                continue
            fine &= _keep(name, seed, result)
    return fine


def _tell(injection: Injection) -> None:
    _say(f" {injection.recovery_s:.1f}", end="")


def _say(words: str, end: str = "\n") -> None:
    print(words, end=end, flush=True)  # noqa: T201


def _keep(name: str, seed: int, result: Result) -> bool:
    found = result.account
    series = Series(
        fault=name,
        seed=seed,
        documents=found.documents,
        lost=found.lost,
        twice=found.twice,
        changed=found.changed,
        letters_expected=found.letters_expected,
        letters_found=found.letters_found,
        repeats=found.repeats,
        in_flight=result.in_flight,
        recoveries=[round(one, 1) for one in result.recoveries],
        seconds=round(result.seconds),
        at=_today(),
    )
    record(series)
    _say("\n  " + "  ".join(str(cell) for cell in cells([series])))
    for wrong in found.wrong:
        _say(f"  {wrong}")
    return (
        found.lost == found.twice == found.changed == 0
        and found.letters_found == found.letters_expected
        and found.repeats <= result.in_flight
        and max(result.recoveries) < RECOVERY_GOAL_S
    )


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


if __name__ == "__main__":
    sys.exit(main())

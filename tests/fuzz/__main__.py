# ruff: noqa: T201
"""Look for what breaks, for as long as there is time: ``python -m tests.fuzz --minutes 10``.

What is found is printed as a case to be kept, and ends the command with 1.
"""

import argparse
import json
import random
import sys
import time
from contextlib import ExitStack

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz import server
from tests.fuzz.cases import FOLDER, as_json
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

_ROUND = 100


def main() -> int:
    """Try each target for its share of the time."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    names = [*TARGETS, server.NAME]
    parser.add_argument("target", nargs="*", help=f"of {', '.join(names)}; all where none is given")
    parser.add_argument("--minutes", type=float, default=5.0, help="for each target")
    parser.add_argument("--seed", type=int, default=None, help="to do the same again")
    asked = parser.parse_args()
    if unknown := set(asked.target) - set(names):
        parser.error(f"no target {', '.join(sorted(unknown))}: there are {', '.join(names)}")
    first = random.SystemRandom().randrange(2**32) if asked.seed is None else asked.seed
    print(f"seed {first}", flush=True)
    with ExitStack() as stack:
        results = []
        for name in asked.target or names:
            target = TARGETS.get(name) or stack.enter_context(server.running())
            results.append(search(target, asked.minutes * 60, first))
    return 0 if all(results) else 1


def search(target: Target, seconds: float, first: int) -> bool:
    """Whether nothing was found in the time; prints how much was tried, and what was found."""
    tried = 0
    last = None

    def check(value: object) -> None:
        nonlocal tried, last
        tried, last = tried + 1, value
        target.check(value)

    until = time.monotonic() + seconds
    number = first
    while time.monotonic() < until:
        test = settings(
            max_examples=_ROUND,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )(seed(number)(given(target.strategy)(check)))
        try:
            test()
        except BaseException as error:
            print(f"{target.name}: {type(error).__name__}: {error}", file=sys.stderr)
            print(f"{target.name}: after {tried} examples, keep it in {FOLDER / target.name}:")
            print(json.dumps(as_json(last), ensure_ascii=False), flush=True)
            if isinstance(error, KeyboardInterrupt):
                raise
            return False
        number += 1
    print(f"{target.name}: {tried} examples, nothing found", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())

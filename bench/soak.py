"""``soak``: an hour of full load, and the memory of every process meanwhile.

``python -m bench.soak --minutes 3`` runs it for another time; ``--report FILE`` says what the
samples of a run say, also of one that was cut off. Both keep their figures only with ``--keep``.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.endless_load import EndlessLoad
from bench.memory import (
    FLAT,
    Sample,
    SampleFile,
    at_moments,
    by_process,
    growth,
    measured,
    read_samples,
)
from bench.results import Measure, record
from bench.running_command import RunningCommand, running_command
from bench.stack import own_stack
from infra.clickhouse.client import Client
from infra.clickhouse.queries import outcomes
from infra.local import stack
from millrace import wiring
from millrace.settings import Settings
from streams.settling import settle

MINUTES = 60.0
_EVERY_S = 10.0
_LINE_EVERY_S = 60.0
_SETTLE_S = 1800.0
# Why one is not flat, where that is known.
_KNOWN = {
    "kafka": "; Java takes the whole heap that it may have, 512 MB, before it clears up: all of it "
    "was taken after 55 minutes of an earlier hour, 63 MB of 128 alive in another"
}


def soak() -> list[Measure]:
    """An hour of it."""
    return soak_for(MINUTES, _default_samples())


def soak_for(minutes: float, path: Path) -> list[Measure]:
    """Full load for ``minutes``; samples go to ``path`` as they are taken."""
    print(f"  samples: {path}", flush=True)
    with own_stack() as settings, path.open("w", newline="") as file:
        with running_command(settings) as command:
            load = asyncio.run(_loaded(settings, command, minutes, SampleFile(file)))
            print("  waiting for what is on its way", flush=True)
            asyncio.run(
                settle(wiring.broker(settings), wiring.stages(settings), _SETTLE_S, _Progress())
            )
        counted = _accounted(settings, load)
    return [*report(read_samples(path)), *counted]


def report(samples: list[Sample]) -> list[Measure]:
    """What the samples say: one figure a process, the rate, and how often one was restarted."""
    measures, restarts = [], 0
    for name, its in by_process(samples).items():
        one = growth(its)
        restarts += one.restarts
        minutes = its[-1].seconds / 60
        over_time = ", ".join(f"{value:.0f}" for value in at_moments(its))
        note = (
            f"of {one.warm:.0f} MB; {one.slope:+.1f} MB an hour; private MB every "
            f"{minutes / 6:.3g} min: {over_time}; most {one.peak:.0f}, with mapped files "
            f"{one.peak_rss:.0f}"
        )
        if not one.is_flat:
            note += _KNOWN.get(name, "")
        measures.append(Measure(f"soak_{name}", one.share, "an hour", FLAT, "lower", note))
    last = max(samples, key=lambda one: one.seconds)
    cpu = {
        name: (its[-1].cpu_s - its[0].cpu_s) / its[-1].seconds
        for name, its in by_process(samples).items()
    }
    busy = f"{last.documents:,} documents in {last.seconds / 60:.0f} min; cores used: " + ", ".join(
        f"{name} {used:.2f}" for name, used in cpu.items()
    )
    rate = Measure("soak_rate", last.documents / last.seconds, "documents/s", None, "higher", busy)
    return [*measures, rate, Measure("soak_restarts", restarts, "", 0, "lower")]


def _default_samples() -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    return Path(tempfile.gettempdir()) / f"millrace-soak-{moment}.csv"


class _Progress:
    """Says on which stage is waited, once a minute."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, stage: str, behind: int) -> None:
        if time.monotonic() - self._told >= _LINE_EVERY_S:
            self._told = time.monotonic()
            print(f"  {stage} is {behind:,} records behind", flush=True)


async def _loaded(
    settings: Settings, command: RunningCommand, minutes: float, file: SampleFile
) -> EndlessLoad:
    load = EndlessLoad(wiring.broker(settings))
    until = asyncio.Event()
    sending = asyncio.create_task(load.run(until))
    began = time.monotonic()
    told = 0.0
    try:
        while (now := time.monotonic() - began) < minutes * 60:
            command.check()
            if sending.done():
                break
            samples = measured(_processes(settings, command.process), now, load.done)
            file.write(samples)
            if now - told >= _LINE_EVERY_S or not told:
                told = now or 1e-9
                memory = ", ".join(f"{one.process} {one.private_mb:.0f}" for one in samples)
                print(f"  {now / 60:3.0f} min, {load.done:,} documents, MB: {memory}", flush=True)
            await asyncio.sleep(_EVERY_S - (time.monotonic() - began) % _EVERY_S)
    finally:
        until.set()
        await sending
    return load


def _processes(settings: Settings, command: psutil.Process) -> dict[str, psutil.Process]:
    """Every process of ours by its name: the services, the command, its stages."""
    services = stack.status(wiring.local_stack(settings)).services
    found = {one.name: psutil.Process(one.pid) for one in services if one.pid}
    found["supervisor"] = psutil.Process(command.pid)
    for child in command.children():
        with suppress(psutil.Error, ValueError):  # it has just begun, or just ended
            words = child.cmdline()
            stages = words[words.index("--instance") + 2 :]
            found[stages[0] if len(stages) == 1 else "stages"] = child
    return found


def _accounted(settings: Settings, load: EndlessLoad) -> list[Measure]:
    with closing(Client(wiring.clickhouse(settings))) as client:
        there = client.query(
            "SELECT uniqExact(document_id) AS mails, count() AS rows FROM current_documents "
            "WHERE startsWith(document_id, 'mail-')"
        )[0]
        found = outcomes(client, asyncio.run(load.offsets()))
    lost, twice = load.good - int(there["mails"]), int(there["rows"]) - int(there["mails"])
    note = (
        f"of {load.good:,} e-mails, {twice} seen twice; {load.sent - load.good:,} bad inputs were "
        f"among them, and {found.dead_lettered:,} dead letters came of them"
    )
    return [Measure("soak_lost", lost, "e-mails", 0, "lower", note)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--samples", type=Path, default=_default_samples())
    parser.add_argument("--report", type=Path, help="samples of an earlier run, to be read again")
    parser.add_argument("--keep", action="store_true", help="keep the figures beside the others")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))  # the stack goes with it
    if given.report:
        measures = report(read_samples(given.report))
    else:
        measures = soak_for(given.minutes, given.samples)
    if given.keep:
        record(measures)
    for one in measures:
        print(f"  {one}", flush=True)


if __name__ == "__main__":
    main()

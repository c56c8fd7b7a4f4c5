"""``run``: the stages, supervised."""

import signal
import sys
import threading
from enum import StrEnum
from types import FrameType
from typing import Annotated

import typer

from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL

_CHECK_S = 0.2

# Of the time of all stages but inference and the sink it takes three quarters.
_BUSIEST = "ner"


class Processes(StrEnum):
    """How stages are spread over processes."""

    ONE = "one"
    SPLIT = "split"
    EACH = "each"


def run(
    stages: Annotated[
        list[str] | None, typer.Argument(help="Stages to run; all of them by default.")
    ] = None,
    processes: Annotated[
        Processes,
        typer.Option(
            help="one: all in one process; split: ner, the stages behind it, the inference "
            "consumer and the sink in one each; each: every stage in its own."
        ),
    ] = Processes.SPLIT,
) -> None:
    """Run stages until SIGTERM or Ctrl-C. A stage that dies is restarted.

    A stage that keeps dying ends the command with its error.
    """
    from millrace import wiring
    from millrace.commands.stack import prepare
    from millrace.log_files import LogKeeping
    from millrace.supervisor import Supervisor

    settings = read_settings()
    known = {stage.name: stage.kind for stage in wiring.stages(settings)}
    names = list(dict.fromkeys(stages or known))
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"no stage {name!r}; there are {', '.join(known)}")
    wiring.profiles(settings)  # what is wrong with them is said here, not by each process
    prepare(settings)
    # Without the first stage no new document comes: so another model can fill a run of its own.
    settle_runs(settings, ingests="ner" in names)
    groups = grouped({name: known[name] for name in known if name in names}, processes)
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    supervisor = Supervisor(
        settings.home.absolute(),
        groups,
        on_event=TERMINAL.note,
        metrics_port=settings.metrics_port,
        keeping=LogKeeping(pass_on=_to_stderr if settings.log_to_stderr else None),
    )
    with supervisor.running():
        for group, pid in supervisor.pids.items():
            TERMINAL.note(f"pid {pid}: {', '.join(group)}")
        TERMINAL.note(f"logs are in {settings.home.absolute() / 'logs'}; Ctrl-C ends all stages")
        while not stop.wait(_CHECK_S):
            supervisor.check()


def settle_runs(settings: Settings, *, ingests: bool) -> None:
    """Write ``live`` where it is new, and make sure that the promoted run is what is served here.

    Raises:
        SetupError: new documents would be asked about of what is not deployed.
    """
    from contextlib import closing

    from infra.clickhouse.client import Client
    from millrace import wiring
    from millrace.runs.freezing import settle_live
    from millrace.runs.serving import require_served

    with closing(Client(wiring.clickhouse(settings))) as client:
        settle_live(settings, client)
        if ingests and (remark := require_served(settings, client)):
            TERMINAL.note(remark)


def _to_stderr(lines: bytes) -> None:
    sys.stderr.buffer.write(lines)
    sys.stderr.buffer.flush()


def grouped(kinds: dict[str, str], processes: Processes) -> list[tuple[str, ...]]:
    """The stages of each process, from the stages' kinds by name."""
    if processes is Processes.ONE:
        return [tuple(kinds)]
    if processes is Processes.EACH:
        return [(name,) for name in kinds]
    together = tuple(name for name, kind in kinds.items() if kind == "faust" and name != _BUSIEST)
    return list(dict.fromkeys(together if name in together else (name,) for name in kinds))

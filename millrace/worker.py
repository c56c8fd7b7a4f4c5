"""One process of stages: ``python -m millrace.worker --instance NAME STAGE…``, ended by SIGTERM."""

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from functools import partial
from typing import NoReturn

from mode import Service, Worker
from tenacity import AsyncRetrying, retry_if_exception_type
from tenacity.wait import wait_exponential_jitter

from millrace import wiring
from millrace.error_reports import report_errors
from millrace.heartbeat import beat
from millrace.settings import Settings, read_settings
from millrace.stage_services.surroundings import StageServices, Surroundings
from millrace.targets import announced, process_name
from millrace.worker_agreement import EXIT_SETUP, EXIT_STANDSTILL, LAG_ELSEWHERE, LIFELINE
from millrace.worker_log import log_to_stderr
from schemas.errors import SetupError, UnavailableError
from streams.broker.admin import missing_topics
from streams.broker.connection import Broker
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.stage import Stage
from streams.telemetry.endpoint import serving
from streams.telemetry.lag_watch import LagWatch
from streams.telemetry.readiness import Heartbeat, Readiness
from streams.telemetry.tracing_setup import exporting
from streams.telemetry.tracing_setup import wanted as traces_wanted
from streams.watchdog import Watchdog, ask_lag

_COLLECT_EVERY = 100_000
_STOP_S = 20.0
_LONGEST_WAIT_S = 5.0

log = logging.getLogger(__name__)


def services(
    settings: Settings, names: list[str], instance: str, readiness: Readiness
) -> list[Service]:
    """The services of the named stages, the outbox first: it is started first and stopped last."""
    broker = wiring.broker(settings)
    outbox = Outbox(broker)
    membership = Membership(instance, commit_interval=settings.commit_interval_s)
    here = Surroundings(settings, broker, membership, outbox, readiness, traces_wanted())
    stages = wiring.stages(settings)
    known = {stage.name: stage for stage in stages}
    watching: list[Service] = [
        Heartbeat(readiness, beat),
        # Without stages it only looks whether Kafka answers.
        LagWatch(
            broker,
            () if LAG_ELSEWHERE in os.environ else stages,
            kafka_answers=readiness.kafka_answers,
        ),
    ]
    made = [services_of(known[name], here) for name in names]
    working = [service for stage in made for service in stage.services]
    watchdog = Watchdog([stage.watched for stage in made], partial(ask_lag, broker), end_standstill)
    return [*watching, outbox, *working, watchdog]


def services_of(stage: Stage, here: Surroundings) -> StageServices:
    """The services of one stage. Other kinds are not imported: a process shall be back soon."""
    if stage.kind == "inference":
        from millrace.stage_services import inference

        return inference.services(stage, here)
    if stage.kind == "sink":
        from millrace.stage_services import sink

        return sink.services(stage, here)
    from millrace.stage_services import processing

    return processing.services(stage, here)


def end_standstill(line: str) -> NoReturn:
    """End this process with a line that its supervisor repeats; nothing is waited for any more."""
    log.critical("%s", line)
    logging.shutdown()
    os._exit(EXIT_STANDSTILL)


def end_with_parent() -> None:
    """End this process when the supervisor's end of the lifeline is closed, however it died."""
    descriptor = int(os.environ[LIFELINE])

    def watch() -> None:
        os.read(descriptor, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_STOP_S)
        os._exit(1)  # it hangs, and nobody else is left to end it

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


async def wait_for_kafka(broker: Broker) -> None:
    """Return once Kafka answers: an outage is waited for, not died of again and again.

    The waits double up to 5 s, with jitter.
    """
    retrying = AsyncRetrying(
        retry=retry_if_exception_type(UnavailableError),
        wait=wait_exponential_jitter(multiplier=0.2, max=_LONGEST_WAIT_S, jitter=0.1),
        sleep=asyncio.sleep,
        before_sleep=lambda state: log.warning("%s", state.outcome and state.outcome.exception()),
    )
    async for attempt in retrying:
        with attempt:
            await missing_topics(broker, ())


def collect_seldom() -> None:
    """Let the garbage collector look at new objects in larger steps, and not at the code's own.

    Messages become thousands of small values, which hold no cycles: with the usual steps, looking
    for cycles among them took most of the sink's time. What is in cycles all the same (tasks,
    errors) is found in the end by a look at everything, here every 10 million values or some
    minutes of full load: at ten times that, stages grew by 30 to 80 MB in between (`soak`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 20, 5)


def run_until_stopped(stages: list[str], instance: str) -> NoReturn:
    """Run stages until SIGTERM.

    Raises:
        SetupError: a setting is wrong, or what it names.
        SystemExit: with the status of the process.
    """
    settings = read_settings()
    log_to_stderr(settings.log_level, process=process_name(stages))
    process = f"{instance}-{'-'.join(stages)}"
    report_errors(settings.sentry_dsn.get_secret_value(), process)
    readiness = Readiness()
    for stage in stages:
        readiness.expect(stage, "Kafka")
    host = settings.metrics_host
    with ExitStack() as open_until_end:
        port = open_until_end.enter_context(serving(host, settings.metrics_port, readiness))
        open_until_end.enter_context(
            announced(settings.home.absolute(), instance, stages, f"{host}:{port}")
        )
        open_until_end.enter_context(exporting(process))
        asyncio.run(wait_for_kafka(wiring.broker(settings)))
        made = services(settings, stages, instance, readiness)
        collect_seldom()
        execute(made)


def execute(made: list[Service]) -> NoReturn:
    """Start services and run them until SIGTERM or until one crashes.

    Raises:
        SetupError: one could not start or crashed for a wrong setting.
        SystemExit: with the status of the process.
    """
    worker = Worker(*made, redirect_stdouts=False, override_logging=False, quiet=True)
    try:
        worker.execute_from_commandline()
    except SystemExit as ended:
        raise_setup(ended)
        for service in made:
            raise_setup(service.crash_reason)
        raise


def raise_setup(reason: BaseException | None) -> None:
    """Raise the wrong setup behind a crash or an exit, if that was the reason."""
    seen: set[int] = set()  # mode names a crash as the cause of itself
    while reason is not None and id(reason) not in seen:
        if isinstance(reason, SetupError):
            raise reason
        seen.add(id(reason))
        reason = reason.__cause__ or reason.__context__


def main() -> NoReturn:
    """Run stages until SIGTERM. The exit status is 0, 78 where a setting is wrong, else another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance", required=True)
    parser.add_argument("stages", nargs="+")
    arguments = parser.parse_args()
    log_to_stderr()
    # Until the services are there and take it over: what was announced is taken back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if LIFELINE in os.environ:
        end_with_parent()
    try:
        run_until_stopped(arguments.stages, arguments.instance)
    except SetupError as error:
        # Its supervisor repeats the last line.
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(EXIT_SETUP)


if __name__ == "__main__":
    main()

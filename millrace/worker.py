"""One process of stages: ``python -m millrace.worker --instance NAME STAGE…``, ended by SIGTERM."""

import argparse
import logging
import os
import signal
import sys
import threading
from functools import partial
from typing import NoReturn

from mode import Service, Worker

from infra.clickhouse.client import ClickHouseTables, Client
from millrace import wiring
from millrace.settings import Settings, read_settings
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.faust_stage import faust_app
from streams.inference.consumer import InferenceConsumer, InferenceSettings, Window
from streams.inference.embedded_engine import EmbeddedEngine
from streams.processing import process_record
from streams.sink.consumer import SinkConsumer
from streams.stage import Stage

LIFELINE = "MILLRACE_LIFELINE_FD"


def services(settings: Settings, names: list[str], instance: str) -> list[Service]:
    """The services of the named stages, the outbox first: it is started first and stopped last."""
    broker = wiring.broker(settings)
    outbox = Outbox(broker)
    membership = Membership(instance, commit_interval=settings.commit_interval_s)
    context = wiring.stage_context(settings)

    def service(stage: Stage) -> Service:
        if stage.kind == "inference":
            window = Window(settings.max_calls, settings.max_open_documents)
            engine = EmbeddedEngine(context.annotation.profiles)
            limits = InferenceSettings(window, settings.max_message_bytes)
            return InferenceConsumer(stage, broker, membership, engine, outbox, limits)
        if stage.kind == "sink":
            tables = ClickHouseTables(Client(wiring.clickhouse(settings)))
            return SinkConsumer(stage, broker, membership, tables, outbox)
        work = partial(process_record, stage, context=context)
        return faust_app(stage, broker, membership, work, outbox)

    known = {stage.name: stage for stage in wiring.stages(settings)}
    return [outbox, *(service(known[name]) for name in names)]


def end_with_parent() -> None:
    """End this process when the supervisor's end of the lifeline is closed, however it died."""
    descriptor = int(os.environ[LIFELINE])

    def watch() -> None:
        os.read(descriptor, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def main() -> NoReturn:
    """Run the stages until SIGTERM; the exit status is not 0 when one of them crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instance", required=True)
    parser.add_argument("stages", nargs="+")
    arguments = parser.parse_args()
    logging.basicConfig(
        level=logging.WARNING,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    if LIFELINE in os.environ:
        end_with_parent()
    settings = read_settings()
    worker = Worker(
        *services(settings, arguments.stages, arguments.instance),
        redirect_stdouts=False,
        override_logging=False,
        quiet=True,
    )
    worker.execute_from_commandline()


if __name__ == "__main__":
    main()

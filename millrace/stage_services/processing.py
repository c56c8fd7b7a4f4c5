"""A stage that makes one message of another: a faust application."""

from functools import partial

from infra.clickhouse.client import Client
from millrace import wiring
from millrace.runs import choice
from millrace.stage_services.surroundings import StageServices, Surroundings
from schemas import topics
from streams.faust_stage import faust_app, no_preparation, partitions_of
from streams.processing import process_record
from streams.promotion import IngestionWork, PromotedRun
from streams.stage import Stage
from streams.telemetry.stage_metrics import measured
from streams.telemetry.tracing import traced
from streams.watchdog import Watched


def services(stage: Stage, here: Surroundings) -> StageServices:
    """Raises ``SetupError`` where the stage reads documents and its recogniser cannot be used."""
    on_assigned = here.expect_partitions(stage)
    if topics.DOCUMENTS_INGEST in stage.reads:
        # Better now than by a letter for every document.
        here.context.annotation.recogniser.prepare()
        client = Client(wiring.clickhouse(here.settings))
        promoted = PromotedRun(partial(choice.promoted, here.settings, client))
        work = measured(stage, IngestionWork(stage, here.context, promoted))
        prepare = promoted.refresh
    else:
        work = measured(stage, partial(process_record, stage, context=here.context))
        prepare = no_preparation
    if here.tracing:
        work = traced(stage, work)
    folder = here.settings.home.absolute() / "faust"
    folder.mkdir(parents=True, exist_ok=True)
    app = faust_app(
        stage,
        here.broker,
        here.membership,
        work,
        here.outbox,
        folder,
        on_assigned,
        prepare,
        here.letter_limits(stage).admit,
    )
    return StageServices([app], Watched(stage, partial(partitions_of, app)))

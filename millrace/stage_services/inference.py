"""The consumer in which all model calls meet, with its engines and its cache."""

from millrace.engines import deploy
from millrace.stage_services.surroundings import StageServices, Surroundings
from streams.inference.cache.deletions import DeletionReader
from streams.inference.cache.opening import CacheOpening
from streams.inference.consumer import InferenceConsumer
from streams.stage import Stage
from streams.telemetry.inference_metrics import watch_lane
from streams.watchdog import STANDSTILL_OF_CALLS_S, Watched


def services(stage: Stage, here: Surroundings) -> StageServices:
    """Raises ``SetupError`` where an engine or the cache cannot be used as it is set."""
    deployed = deploy(here.settings, here.context.annotation.profiles)
    for lane in deployed.answering.lanes.values():
        watch_lane(lane)
    consumer = InferenceConsumer(
        stage,
        here.broker,
        here.membership,
        deployed.answering,
        here.outbox,
        on_assigned=here.expect_partitions(stage, "its engines, then "),
        tracing=here.tracing,
        limits=here.letter_limits(stage),
    )
    watched = Watched(stage, lambda: consumer.partitions, STANDSTILL_OF_CALLS_S)
    if deployed.cache is None:
        return StageServices([consumer], watched)
    # The cache is there before the consumer, and deletions are followed as long.
    deletions = DeletionReader(here.broker, deployed.cache)
    return StageServices([CacheOpening(deployed.cache), deletions, consumer], watched)

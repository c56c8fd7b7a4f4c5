"""Every metric, in the order of reports."""

from eval.scoring.circumstances import TIME_METRICS
from eval.scoring.entities import entity_metrics
from eval.scoring.events import event_metrics
from eval.scoring.faithfulness import FAITHFULNESS_METRICS
from eval.scoring.judging import Metric
from eval.scoring.merging import MERGING_METRICS
from eval.scoring.participants import participant_metrics
from eval.scoring.relations import relation_metrics
from eval.scoring.scope import Scope


def metrics(scope: Scope) -> tuple[Metric, ...]:
    """All metrics for a corpus; those whose layers it lacks judge nothing of it."""
    return (
        *entity_metrics(scope),
        *event_metrics(scope),
        *MERGING_METRICS,
        *participant_metrics(scope),
        *TIME_METRICS,
        *relation_metrics(scope),
        *FAITHFULNESS_METRICS,
    )

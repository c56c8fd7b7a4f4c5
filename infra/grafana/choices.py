"""The variables of the dashboards, and the conditions that they make.

``run`` is one run: the promoted one is listed first, so it is what a dashboard opens with. The
views ``run_*`` hold all runs (infra/clickhouse/migrations/0003_run_views.sql).
"""

from typing import Final

from infra.grafana.panel import Variable

RUN: Final = Variable(
    "run", "Run",
    "Which run's results; the promoted one at first.",
    query="SELECT run_id FROM run_names ORDER BY promoted DESC, run_id",
)  # fmt: skip
OTHER_RUN: Final = Variable(
    "other_run", "Compared with",
    "The run that it is compared with.",
    query="SELECT run_id FROM run_names ORDER BY promoted, run_id",
)  # fmt: skip
PROFILE: Final = Variable(
    "profile", "Profile",
    "Which profiles' documents.",
    query="SELECT DISTINCT profile FROM run_documents WHERE run_id = ${run:sqlstring} "
    "ORDER BY profile",
    multiple=True, every=True,
)  # fmt: skip
KIND: Final = Variable(
    "kind", "Kind of event",
    "Which kinds of events.",
    query="SELECT DISTINCT kind FROM run_documents ARRAY JOIN events.kind AS kind "
    "WHERE run_id = ${run:sqlstring} ORDER BY kind",
    multiple=True, every=True,
)  # fmt: skip
STATUS: Final = Variable(
    "status", "Status",
    "Validated documents, those that a person should look at, or both.",
    options=(("validated", "validated"), ("review", "review")),
    multiple=True, default="validated",
)  # fmt: skip
TIME: Final = Variable(
    "time", "Time",
    "What the time above counts from: when a document was published (where that is not known, "
    "when it arrived), or when its events were extracted.",
    options=(("published", "observed_at"), ("extracted", "completed_at")),
)  # fmt: skip
DOCUMENT: Final = Variable(
    "document", "Document",
    "Id of the document that is shown in full.",
)  # fmt: skip
LETTER_STAGE: Final = Variable(
    "stage", "Stage",
    "Which stages' letters.",
    query="SELECT DISTINCT stage FROM run_letters ORDER BY stage",
    multiple=True, every=True,
)  # fmt: skip
LETTER_KIND: Final = Variable(
    "kind", "Kind of refusal",
    "Which kinds of refusal.",
    query="SELECT DISTINCT kind FROM run_letters ORDER BY kind",
    multiple=True, every=True,
)  # fmt: skip

_IN_RUN: Final = (
    "run_id = ${run:sqlstring} AND $__conditionalAll(profile IN (${profile:sqlstring}), $profile)"
)
_OF_STATUS: Final = "status IN (${status:sqlstring})"

# Conditions on documents. Of any status:
IN_RUN: Final = f"{_IN_RUN} AND $__timeFilter(${{time:raw}})"
CHOSEN: Final = f"{IN_RUN} AND {_OF_STATUS}"
# By the time of their extraction:
COMPLETED: Final = f"{_IN_RUN} AND $__timeFilter(completed_at) AND {_OF_STATUS}"
# On an event, and the time that a document's point is at.
OF_KIND: Final = "$__conditionalAll(kind IN (${kind:sqlstring}), $kind)"
INTERVAL: Final = "$__timeInterval(${time:raw}) AS time"

"""All dashboards, in the order in which an operator would look at them."""

from typing import Final

from infra.grafana.dead_letters import DEAD_LETTERS
from infra.grafana.events import EVENTS
from infra.grafana.inference import INFERENCE
from infra.grafana.panel import Dashboard
from infra.grafana.pipeline import PIPELINE
from infra.grafana.quality import QUALITY

DASHBOARDS: Final[tuple[Dashboard, ...]] = (PIPELINE, INFERENCE, EVENTS, QUALITY, DEAD_LETTERS)

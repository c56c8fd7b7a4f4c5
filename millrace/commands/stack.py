"""``up`` and ``down``: the local stack."""

from typing import TYPE_CHECKING

from millrace.event_loop import run_to_end
from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL

if TYPE_CHECKING:
    from streams.broker.retention import Applied


def up() -> None:
    """Start Kafka and ClickHouse on this machine, with all topics and tables.

    What runs already is left alone. State and logs live under MILLRACE_HOME.
    """
    settings = read_settings()
    start(settings)
    TERMINAL.say(
        f"Kafka is at {settings.kafka_bootstrap}, ClickHouse at {settings.clickhouse_url}.\n"
        "Next: `millrace run` in another terminal, then `millrace produce FILE… --wait`."
    )


def start(settings: Settings) -> None:
    """Start the local stack, create what is missing in it."""
    from infra.local import stack
    from millrace import wiring
    from millrace.security import require_local

    require_local(settings)
    stack.up(wiring.local_stack(settings), TERMINAL.note)
    prepare(settings)


def prepare(settings: Settings) -> None:
    """Create the topics and tables that are missing, wherever the settings point.

    Topics that are there get the retention that is set.
    """
    from infra.clickhouse.migrations import migrate
    from millrace import wiring
    from streams.broker.admin import create_topics
    from streams.broker.retention import apply_retention
    from streams.topology import topic_names

    broker, topics = wiring.broker(settings), wiring.topic_settings(settings)
    created = run_to_end(create_topics(broker, topic_names(wiring.stages(settings)), topics))
    if created:
        TERMINAL.note(f"created {len(created)} topics")
    _note_retention(run_to_end(apply_retention(broker, topics.retention)))
    migrate(wiring.clickhouse(settings), lambda name: TERMINAL.note(f"applied {name}"))


def _note_retention(applied: "Applied") -> None:
    """Say which retentions were changed, and which could not be: no reason not to go on."""
    from streams.broker.retention import in_words

    if applied.changed:
        changes = ", ".join(
            f"{name} {in_words(before)} → {in_words(after)}"
            for name, (before, after) in applied.changed.items()
        )
        TERMINAL.note(f"retention: {changes}")
    for name, why in applied.refused.items():
        TERMINAL.note(
            f"retention of {name} stays as it is: Kafka did not let it be changed ({why}); permit "
            "this user DescribeConfigs and AlterConfigs on it, or have it set by another"
        )


def down() -> None:
    """Stop the local Kafka and ClickHouse; what they hold stays."""
    from infra.local import stack
    from millrace import wiring

    stack.down(wiring.local_stack(read_settings()), TERMINAL.note)

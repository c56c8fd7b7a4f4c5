"""``up`` and ``down``: the local stack."""

from millrace.event_loop import run_to_end
from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL


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
    """Create the topics and tables that are missing, wherever the settings point."""
    from infra.clickhouse.migrations import migrate
    from millrace import wiring
    from streams.broker.admin import create_topics
    from streams.topology import topic_names

    names = topic_names(wiring.stages(settings))
    created = run_to_end(
        create_topics(wiring.broker(settings), names, wiring.topic_settings(settings))
    )
    if created:
        TERMINAL.note(f"created {len(created)} topics")
    migrate(wiring.clickhouse(settings), lambda name: TERMINAL.note(f"applied {name}"))


def down() -> None:
    """Stop the local Kafka and ClickHouse; what they hold stays."""
    from infra.local import stack
    from millrace import wiring

    stack.down(wiring.local_stack(read_settings()), TERMINAL.note)

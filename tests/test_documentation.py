"""What the documents say is what the code does."""

from pathlib import Path

from streams.topology import topology

ROOT = Path(__file__).resolve().parents[1]


def test_the_architecture_shows_the_topology_as_it_is() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for stage in topology(("standard",)):
        cells = (stage.name, ", ".join(stage.reads), ", ".join(stage.writes))
        row = "| " + " | ".join(cells).rstrip() + " |"
        assert row in page, row


def test_no_lock_names_an_address() -> None:
    locks = [*ROOT.glob("*.lock"), *ROOT.glob("infra/**/*.lock")]

    assert len(locks) >= 4
    for lock in locks:
        assert "://" not in lock.read_text("utf-8"), lock

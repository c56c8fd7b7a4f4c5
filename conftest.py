"""Plugins of the whole test suite, and its order: fast tests first."""

import pytest

pytest_plugins = ["tests.local_stack"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs a real Kafka and ClickHouse after all that does not."""
    items.sort(key=lambda item: item.get_closest_marker("integration") is not None)

"""Plugins of the whole test suite, and its order: fast tests first."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.local_stack"]
_VLLM = Path(__file__).parent / "tests" / "vllm"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what needs an environment of its own (`make test-vllm`), unless it is named."""
    if collection_path == _VLLM and not any("vllm" in argument for argument in config.args):
        return True
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs a real Kafka and ClickHouse after all that does not."""
    items.sort(key=lambda item: item.get_closest_marker("integration") is not None)

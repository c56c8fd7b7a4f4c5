"""A pytest plugin: the local stack, real and running, for tests marked `integration`.

Use it with `pytest_plugins = ["tests.local_stack"]` in the root `conftest.py`. Each test process
gets a stack of its own, on free ports, in a folder whose name holds a space.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import stack as local_stack
from infra.local.addresses import free_port
from infra.local.stack import StackSettings

HOST = "127.0.0.1"


def stack_settings(home: Path) -> StackSettings:
    """Settings for a stack in `home` on ports that are free at the moment."""
    return StackSettings(
        home=home,
        kafka_host=HOST,
        kafka_port=free_port(HOST),
        clickhouse_host=HOST,
        clickhouse_port=free_port(HOST),
        clickhouse_user="default",
        clickhouse_password="",
        reader_user="reader",
        reader_password="",
    )


def silent(_: str) -> None:
    """Take progress and say nothing."""


@pytest.fixture(scope="session")
def stack() -> Iterator[StackSettings]:
    """A running Kafka and ClickHouse, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="millrace test "))
    settings = stack_settings(folder / "home")
    try:
        local_stack.up(settings, silent)
        yield settings
    finally:
        local_stack.down(settings, silent)
        shutil.rmtree(folder)

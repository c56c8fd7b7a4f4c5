"""What lies in the home belongs to its owner alone, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.home import Home
from millrace.supervisor import Supervisor
from streams.inference.cache.completions import CacheSettings
from streams.inference.cache.disk import DiskCompletions
from streams.replay.checkpoint import Checkpoints, Plan
from tests.flow import RUN


@pytest.fixture(autouse=True)
def _open_handed() -> Iterator[None]:
    """A umask that takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folders_of_the_local_stack(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()

    assert {one.name: mode(one) for one in home.path.iterdir()} == dict.fromkeys(
        ("kafka", "clickhouse", "logs", "run"), 0o700
    )


def test_the_lock_of_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with home.locked():
        assert mode(home.path / "run" / "lock") == 0o600


async def test_answers_of_models(tmp_path: Path) -> None:
    file = tmp_path / "home" / "cache" / "completions.sqlite"
    cache = DiskCompletions(CacheSettings(file))
    await cache.start()
    try:
        assert mode(file.parent) == 0o700
        assert file.exists()
        assert {mode(one) & 0o077 for one in file.parent.iterdir()} == {0}
    finally:
        await cache.close()


def test_logs_of_stages(tmp_path: Path) -> None:
    Supervisor(tmp_path / "home", [("ner",)])

    assert mode(tmp_path / "home" / "logs") == 0o700


def test_checkpoints_of_replays(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "home")
    plan = Plan(topic="t", run=RUN, base_run_id="live", max_lag=1, offsets={}, records=0)

    with checkpoints.begun(plan, 1):
        assert list(checkpoints.folder.glob("*.json"))
        assert mode(checkpoints.folder) == 0o700

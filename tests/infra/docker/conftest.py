"""What the tests of the deployment share."""

from pathlib import Path

import pytest

from tests.infra.docker.environment import make_environment


@pytest.fixture(scope="package")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with what the image installs, and nothing else."""
    return make_environment(tmp_path_factory.mktemp("image"))

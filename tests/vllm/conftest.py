"""The tiny model, and one engine that answers with it for all tests here."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from streams.inference.in_process_model import InProcessModel
from streams.inference.vllm_settings import VllmSettings
from tests.vllm.prompts import TEXT, prompt
from tests.vllm.tiny_model import make_tiny_model

# Of the CPU's backend: how much memory its cache takes, in GiB.
os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
os.environ["HF_HUB_OFFLINE"] = "1"

CONTEXT = 4_096


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A load takes a minute."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(240))
            item.add_marker(pytest.mark.filterwarnings("default"))  # of torch and vLLM, not ours


@pytest.fixture(scope="session", autouse=True)
def sockets() -> Iterator[None]:
    """A place for vLLM's sockets, which it leaves behind when it is killed."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("VLLM_RPC_BASE_PATH", folder)
        yield


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("models") / "tiny", [TEXT] * 3)


@pytest.fixture(scope="session")
def settings(tiny_model: Path) -> VllmSettings:
    return VllmSettings(str(tiny_model), max_num_seqs=64, extra={"enforce_eager": True})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def model(settings: VllmSettings) -> AsyncIterator[InProcessModel]:
    """A model that is ready."""
    ready = InProcessModel(settings, [prompt(0)])
    await ready.start()
    yield ready
    await ready.close()

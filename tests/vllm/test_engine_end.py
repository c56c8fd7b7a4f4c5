"""How an engine ends: on request, killed itself, or with its owner killed."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import psutil
import pytest

from schemas.errors import MillraceError
from streams.inference.engine import EngineDeadError
from streams.inference.in_process_model import InProcessModel
from streams.inference.vllm_settings import VllmSettings
from tests.vllm.load import until_running
from tests.vllm.prompts import prompt, request


def _of_engine(owner: psutil.Process) -> list[psutil.Process]:
    return [child for child in owner.children(recursive=True) if "VLLM::" in child.name()]


async def test_calls_of_a_killed_engine_say_so_within_a_second_and_all_that_follow(
    settings: VllmSettings,
) -> None:
    before = {process.pid for process in _of_engine(psutil.Process())}
    model = InProcessModel(settings)
    await model.start()
    processes = [p for p in _of_engine(psutil.Process()) if p.pid not in before]
    core = next(process for process in processes if "EngineCore" in process.name())
    calls = [
        asyncio.create_task(model.generate(request(prompt(number), str(number))))
        for number in range(64)
    ]
    await until_running(model, 8)
    unfinished = [call for call in calls if not call.done()]
    killed = perf_counter()
    core.kill()
    failures = await asyncio.gather(*unfinished, return_exceptions=True)
    assert perf_counter() - killed < 1
    assert unfinished
    assert {type(failure) for failure in failures} == {EngineDeadError}
    with pytest.raises(EngineDeadError):
        await model.generate(request(prompt(1)))
    await model.close()
    assert not [process for process in processes if process.is_running()]


async def test_too_small_a_cache_is_said_and_leaves_no_process(settings: VllmSettings) -> None:
    before = {process.pid for process in _of_engine(psutil.Process())}
    model = InProcessModel(replace(settings, extra={"num_gpu_blocks_override": 2}))
    with pytest.raises(MillraceError, match="vllm cannot load model"):
        await model.start()
    assert {process.pid for process in _of_engine(psutil.Process())} <= before


def test_an_engine_with_an_adapter_answers_and_ends_with_its_killed_owner(
    tiny_model: Path, tmp_path: Path
) -> None:
    adapter = _make_adapter(tmp_path / "adapter")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.vllm.owner", str(tiny_model), str(adapter)],
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        said = next((line for line in owner.stdout if line.startswith("ready")), "it ended")
        processes = _of_engine(psutil.Process(owner.pid))
        owner.kill()
    assert said == "ready stop\n"
    assert {process.name() for process in processes} >= {"VLLM::EngineCore"}
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert not alive


def _make_adapter(folder: Path) -> Path:
    """A LoRA adapter of rank 8 for the tiny model's queries, as peft writes them."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir()
    weights = {}
    for layer in range(2):
        name = f"base_model.model.model.layers.{layer}.self_attn.q_proj"
        weights[f"{name}.lora_A.weight"] = torch.randn(8, 128)
        weights[f"{name}.lora_B.weight"] = torch.randn(128, 8)
    save_file(weights, folder / "adapter_model.safetensors")
    configuration = {
        "peft_type": "LORA",
        "r": 8,
        "lora_alpha": 16,
        "target_modules": ["q_proj"],
        "bias": "none",
        "task_type": "CAUSAL_LM",
    }
    (folder / "adapter_config.json").write_text(json.dumps(configuration))
    return folder

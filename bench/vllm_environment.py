"""Benchmarks that run in the environment of vLLM, by its own interpreter."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.results import Measure

_PYTHON = Path(__file__).resolve().parents[1] / ".venv-vllm/bin/python"


def inference_ratio() -> list[Measure]:
    """Tokens a second through Kafka against the same calls given straight to vLLM."""
    return _measured("inference_ratio")


def naive_ratio() -> list[Measure]:
    """Tokens a second through Kafka against a loop over batches with barriers."""
    return _measured("naive_ratio")


def batching_curve() -> list[Measure]:
    """What vLLM gains from calls in flight at the same time."""
    return _measured("batching_curve")


def prompt_share() -> list[Measure]:
    """Prompt tokens that vLLM computes, of all that it is given."""
    return _measured("prompt_share")


def cache_speedup() -> list[Measure]:
    """A second run from the cache of answers against the first."""
    return _measured("cache_speedup")


def _measured(name: str) -> list[Measure]:
    if not _PYTHON.exists():
        sys.exit(f"{name} needs vLLM: `make .venv-vllm/ready` sets up its environment (7 GB)")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "measures.json"
        subprocess.run([_PYTHON, "-m", "bench.on_vllm", str(file), name], check=True, timeout=3_000)
        return [Measure(**one) for one in json.loads(file.read_text())]

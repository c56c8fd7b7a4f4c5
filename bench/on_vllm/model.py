"""Random models with real tokenizers, small enough for this machine's processor."""

from pathlib import Path

from bench.on_vllm.documents import PROFILES, articles
from processors.prompting.rendering import PromptRenderer
from processors.prompting.versions import load_templates
from streams.inference.in_process_model import InProcessModel
from streams.inference.vllm_settings import VllmSettings
from tests.vllm.tiny_model import Shape, make_tiny_model

# Answers on two quiet cores about as many tasks a second as an 8-billion model on one GPU.
LIKE_A_GPU = Shape(hidden=256, layers=6, vocabulary=8_192, context=8_192)
TINY = Shape(hidden=128, layers=2, vocabulary=8_192, context=8_192)


def renderer() -> PromptRenderer:
    """The prompts of the product."""
    return PromptRenderer(PROFILES, load_templates())


def random_model(
    folder: Path, shape: Shape, in_flight: int, cache_blocks: int | None = None
) -> InProcessModel:
    """A model that has not started yet; ``cache_blocks`` makes its key-value cache small."""
    texts = [*articles()[:200], *(prompt.instructions for prompt in renderer().warm_up("1"))]
    path = folder / f"random-{shape.hidden}-{shape.layers}"
    if not path.exists():
        make_tiny_model(path, texts, shape)
    extra = {"enforce_eager": True, "num_gpu_blocks_override": cache_blocks}
    settings = VllmSettings(str(path), max_num_seqs=in_flight, extra=extra)
    return InProcessModel(settings, renderer().warm_up("1")[:3])

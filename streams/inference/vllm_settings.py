"""What the ``vllm`` engine is told, and which model that is."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from processors.model_folder import folder_revision
from schemas.errors import SetupError
from schemas.ids import content_id
from streams.inference.engine import EngineIdentity

ENGINE = "vllm"
# Further arguments that change how fast an answer comes, and never which.
_OF_SPEED = frozenset(
    {
        "block_size", "enable_chunked_prefill", "enable_prefix_caching", "enforce_eager",
        "max_num_batched_tokens", "num_gpu_blocks_override",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VllmSettings:
    """Settings of an engine in this process; None leaves a choice to vLLM.

    ``model`` is a folder or a name on a hub; a name needs ``revision`` (a commit), for runs and the
    response cache depend on which model answered. ``max_model_len`` counts tokens of prompt and
    answer together. ``lora`` is the folder of an adapter. ``extra`` are further fields of vLLM's
    ``AsyncEngineArgs`` by their names there.
    """

    model: str
    revision: str | None = None
    max_model_len: int | None = None
    max_num_seqs: int | None = None
    quantization: str | None = None
    tensor_parallel_size: int = 1
    gpu_memory_utilization: float = 0.9
    lora: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def identity(self) -> EngineIdentity:
        """The model by its name, and a revision of weights, tokenizer, adapter and precision.

        A further argument that is not known to be one of speed counts as one of precision.

        Raises:
            SetupError: the model is not there, or a name without a revision.
        """
        folder = _folder(self.model, "model")
        if folder is not None and not (folder / "config.json").is_file():
            raise SetupError(
                f"model {self.model} holds no config.json: it must be the folder of a model"
            )
        if folder is None and self.revision is None:
            raise SetupError(
                f"model {self.model} is no folder here, and a name on a hub needs a revision: "
                "set it to the commit that is meant, or correct the path"
            )
        revision = folder_revision(folder) if folder is not None else str(self.revision)
        extra = {name: value for name, value in self.extra.items() if name not in _OF_SPEED}
        changes = [
            self.quantization or "",
            json.dumps(extra, sort_keys=True, default=str) if extra else "",
        ]
        if self.lora is not None:
            adapter = _folder(self.lora, "lora")
            if adapter is None or not (adapter / "adapter_config.json").is_file():
                raise SetupError(
                    f"lora {self.lora} is no folder with an adapter_config.json: correct the path"
                )
            changes.append(folder_revision(adapter))
        if any(changes):
            revision = f"{revision}+{content_id('precision', *changes)[:8]}"
        return EngineIdentity(ENGINE, self.model, revision)

    def engine_arguments(self, known: frozenset[str]) -> dict[str, Any]:
        """The fields of vLLM's ``AsyncEngineArgs``; ``known`` are the names that it has.

        Raises:
            SetupError: ``extra`` names one that is not known, or that has a setting of its own.
        """
        arguments: dict[str, Any] = {
            "model": self.model,
            "revision": self.revision,
            "tokenizer_revision": self.revision,
            "max_model_len": self.max_model_len,
            "max_num_seqs": self.max_num_seqs,
            "quantization": self.quantization,
            "tensor_parallel_size": self.tensor_parallel_size,
            "gpu_memory_utilization": self.gpu_memory_utilization,
            "enable_lora": self.lora is not None,
            "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
            "disable_log_stats": True,
            "enable_log_requests": False,
        }
        if taken := sorted(self.extra.keys() & arguments.keys()):
            raise SetupError(
                f"vllm_extra sets {', '.join(taken)}, which millrace gives to vLLM itself: "
                "use the setting for it, where `millrace config` lists one"
            )
        if unknown := sorted(self.extra.keys() - known):
            raise SetupError(
                f"vllm_extra names {', '.join(unknown)}, which this vLLM does not know: "
                "see `vllm serve --help=all`, with _ for -"
            )
        return {"enable_prefix_caching": True} | arguments | dict(self.extra)


def _folder(name: str, setting: str) -> Path | None:
    """The folder that a name means; None where it may be a name on a hub."""
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if path.is_absolute() or name.startswith((".", "~")) or name.count(os.sep) > 1 or path.exists():
        raise SetupError(f"{setting} {name} is no folder: correct the path")
    return None

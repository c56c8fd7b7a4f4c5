"""The settings of an engine: those of all tiers, and what a tier sets otherwise."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode


def comma_separated(value: object) -> object:
    """A list written as one text, as the environment has it."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _without_user(urls: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a password in an address, which is shown and told in errors."""
    if any("@" in url for url in urls):
        raise ValueError("should name no user: a key belongs into openai_api_key")
    return urls


Urls = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(comma_separated), AfterValidator(_without_user)
]
EngineName = Literal["local", "vllm", "openai"]


class EngineSettings(BaseModel):
    """What answers a tier's tasks, and how much of it at a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: EngineName = Field(
        default="local",
        description="Engine that extracts: local (rules, on this machine's processor), vllm (a "
        "model in this process) or openai (a server that speaks OpenAI's protocol, vLLM's above "
        "all).",
    )
    model: str = Field(
        default="",
        description="Model of the engines vllm (a folder, or a name on a hub) and openai (its name "
        "there); local has none.",
    )
    model_revision: str = Field(
        default="",
        description="Revision of the model: a commit for a name on a hub. Answers are kept by it.",
    )
    openai_urls: Urls = Field(
        default=(),
        description="Servers of the model: a list, or separated by commas. A document "
        "keeps to one.",
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), description="Key for these servers, where they ask for one."
    )
    openai_ssl_cafile: Path | None = Field(
        default=None,
        examples=["ca.pem"],
        description="PEM file of the authorities that their certificates are checked against; the "
        "system's when not set.",
    )
    openai_extra_body: dict[str, Any] = Field(
        default_factory=dict, description="Fields to add to each request to them."
    )
    vllm_max_model_len: int | None = Field(
        default=None,
        ge=256,
        examples=[16_384],
        description="Tokens of a prompt and its answer together; the model's own when not set.",
    )
    vllm_quantization: str = Field(
        default="", description="Quantization, as vLLM names it; the model's own when empty."
    )
    vllm_tensor_parallel_size: int = Field(
        default=1, ge=1, description="GPUs that one model is spread over."
    )
    vllm_gpu_memory_utilization: float = Field(
        default=0.9, gt=0, le=1, description="Share of a GPU's memory that vLLM takes."
    )
    vllm_lora: str = Field(default="", description="Folder of a LoRA adapter.")
    vllm_extra: dict[str, Any] = Field(
        default_factory=dict, description="Further engine arguments of vLLM, with _ for -."
    )
    max_batch_size: int = Field(
        default=256, ge=1, description="Calls of the engine in flight at most, in each process."
    )
    max_batch_tokens: int = Field(
        default=393_216,
        ge=1,
        description="Tokens of prompts and answers in flight at most: about nine tenths of the "
        "engine's key-value cache, where that is known.",
    )
    max_open_documents: int = Field(
        default=256,
        ge=1,
        description="Documents begun and not finished at a time, in each inference process.",
    )
    linger_ms: float = Field(
        default=5.0,
        ge=0,
        le=1_000,
        description="How long a call waits for company when the engine is idle, in milliseconds.",
    )
    price_prompt: float = Field(
        default=0.0, ge=0, description="US dollars for a million tokens of prompts."
    )
    price_cached: float = Field(
        default=0.0, ge=0, description="US dollars for a million of them that were computed before."
    )
    price_completion: float = Field(
        default=0.0, ge=0, description="US dollars for a million tokens of answers."
    )


_SECRETS = frozenset(
    name for name, field in EngineSettings.model_fields.items() if field.annotation is SecretStr
)


def _hide_secrets(table: dict[str, Any]) -> dict[str, Any]:
    return {
        name: SecretStr(value) if name in _SECRETS and isinstance(value, str) else value
        for name, value in table.items()
    }


# Some of the settings above: the tier takes the others from all.
TierTable = Annotated[dict[str, Any], AfterValidator(_hide_secrets)]


class RouteSettings(BaseModel):
    """Sends documents to a tier: those that meet all conditions of the first route that fits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: str
    profiles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    min_characters: int = Field(default=0, ge=0)

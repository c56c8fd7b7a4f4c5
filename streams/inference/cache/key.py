"""What an answer depends on, as one key."""

import json

from processors.prompting.prompt import Prompt
from schemas.ids import content_id
from schemas.task import Sampling
from streams.inference.engine import EngineIdentity

# To be raised when the parts or their order change: what was kept under older keys is then unused.
_KEY_VERSION = 1


def cache_key(prompt: Prompt, sampling: Sampling, identity: EngineIdentity) -> str:
    """32 hex digits over all that decides what a model writes.

    The engine is no part of it: one model answers alike in this process and behind a server. Nor
    are ``prompt.ids``: an answer speaks in the prompt's short names. The order of the schema's keys
    counts, for structured outputs follow it.
    """
    repair = (prompt.repair.answer, prompt.repair.problem) if prompt.repair else ()
    return content_id(
        "completion",
        _KEY_VERSION,
        identity.model,
        identity.model_revision,
        json.dumps(prompt.schema, ensure_ascii=False, separators=(",", ":")),
        prompt.max_tokens,
        repr(sampling.temperature),
        sampling.ordinal,
        prompt.instructions,
        prompt.document,
        prompt.question,
        *repair,
    )

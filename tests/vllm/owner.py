"""A process that owns an engine with an adapter, says so and waits: to be killed from outside."""

import asyncio
import sys

from streams.inference.in_process_model import InProcessModel
from streams.inference.vllm_settings import VllmSettings
from tests.vllm.prompts import prompt, request


async def _own(model_folder: str, lora: str) -> None:
    model = InProcessModel(VllmSettings(model_folder, lora=lora, extra={"enforce_eager": True}))
    await model.start()
    answer = await model.generate(request(prompt(1)))
    sys.stdout.write(f"ready {answer.finish_reason}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_own(*sys.argv[1:]))

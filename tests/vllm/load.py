"""Waits for an engine to be at work."""

import asyncio

from streams.inference.in_process_model import InProcessModel


async def until_running(model: InProcessModel, calls: int) -> None:
    """Wait, for 20 s at most, until the engine runs `calls` at once."""
    for _ in range(20_000):
        if model.load.running >= calls:
            return
        await asyncio.sleep(0.001)
    raise AssertionError(f"{model.load} after 20 s: fewer than {calls} calls run at once")

"""Running a coroutine for a command, so that no Ctrl-C is lost."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_to_end(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """As ``asyncio.run``, also when Ctrl-C comes while a library waits for its own tasks to end.

    aiokafka swallows a cancellation that meets it while it closes; ``asyncio.run`` then returns as
    if nobody had asked for an end.

    Raises:
        KeyboardInterrupt: Ctrl-C came meanwhile.
    """
    return asyncio.run(_as_cancelled(coroutine))


async def _as_cancelled(coroutine: Coroutine[Any, Any, Result]) -> Result:
    result = await coroutine
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    return result

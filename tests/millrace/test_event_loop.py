"""Ctrl-C while a coroutine runs for a command."""

import asyncio
import os
import signal
from contextlib import suppress

import pytest

from millrace.event_loop import run_to_end


async def interrupted(swallows: bool) -> str:
    os.kill(os.getpid(), signal.SIGINT)
    with suppress(*([asyncio.CancelledError] if swallows else [])):
        await asyncio.Event().wait()
    return "done"


@pytest.mark.parametrize("swallows", [False, True])
def test_it_ends_as_interrupted_even_where_a_library_swallows_the_cancellation(
    swallows: bool,
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_to_end(interrupted(swallows))


def test_else_it_gives_what_the_coroutine_gives() -> None:
    assert run_to_end(asyncio.sleep(0, "done")) == "done"

"""Running a simulator's event loop until somebody stops it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Coroutine


def run_until_stopped(
    program: Coroutine[object, object, None], *, until_eof: bool = False
) -> None:
    """Run until it ends, or SIGTERM, Ctrl-C or a closed stdin stops it cleanly."""

    async def stoppable() -> None:
        task = asyncio.ensure_future(program)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        if until_eof:
            loop.add_reader(sys.stdin, _cancel_at_eof, task)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(stoppable())


def _cancel_at_eof(task: asyncio.Future[None]) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin)
        task.cancel()

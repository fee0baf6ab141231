"""What commands ask: devices and a daemon, on a thread of their own."""

import asyncio
import threading
from contextlib import contextmanager

from gateway.daemon import control_socket


@contextmanager
def in_background(serve):
    """Run `serve(ready)` on a loop of its own; yield what it says when ready."""
    said, loop = [], asyncio.new_event_loop()
    is_ready = threading.Event()

    def ready(value):
        said.append(value)
        is_ready.set()

    task = loop.create_task(serve(ready))
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(asyncio.wait([task]))
    )
    thread.start()
    try:
        assert is_ready.wait(5)
        yield said[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


def answering(data_dir, answer):
    """Run a daemon's socket in `data_dir` that answers with `answer(question)`."""

    async def answered(question):
        return answer(question)

    async def daemon(ready):
        serving = asyncio.create_task(control_socket.serve(data_dir, answered))
        async with asyncio.timeout(5):
            while not (data_dir / "control.sock").exists():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        ready(None)
        try:
            await asyncio.Event().wait()
        finally:
            serving.cancel()
            await asyncio.wait([serving])

    return in_background(daemon)

"""A process with the gateway imported that forks a fresh gateway for each order.

Starting Python takes longer than what the fault tests want to observe. One order a
line on stdin: `daemon CONFIG` or `cycle CONFIG GATE`; the answer is the child's process
id. `daemon` is the whole gateway. `cycle` waits until GATE exists, then opens the
buffer, commits readings, sends them, and closes.
"""

import asyncio
import logging
import os
import signal
import sys
import time
from pathlib import Path

import gateway.config.reading  # noqa: F401 - imported before the fork
from gateway.clock import SystemClock
from gateway.config import load
from gateway.daemon import identity, start
from gateway.daemon.uploads import Uploads
from gateway.uplink.https import HttpsUplink
from tests.numbered import INVENTORY, numbered, open_buffer


async def _cycle(config):
    """Append the next numbers with the count as state, and have them acknowledged."""
    settings = load(config)
    settings.data_dir.mkdir(exist_ok=True)
    key = identity.private_key(settings.data_dir)
    buffer = open_buffer(settings.data_dir)
    committing = asyncio.create_task(buffer.run())
    uplink = HttpsUplink(settings.cloud_url, None, settings.name, key)
    uploads = Uploads(settings.name, INVENTORY, SystemClock(), buffer, uplink)
    start_at = int(buffer.state("count").get("count", b"0"))
    for first in (start_at, start_at + 3):
        state = {"count": b"%d" % (first + 3)}
        await buffer.append(numbered(first, first + 3), state)
        await buffer.flush()

    async def status():
        return {}

    while buffer.unsent:
        await uploads.upload({}, status)
        uploads.sync.hurry(SystemClock().monotonic())
    buffer.stop()
    await committing
    await uplink.close()
    await buffer.close()


def _child(order, arguments):
    if order == "daemon":
        asyncio.run(start.run(load(Path(arguments[0])), None))
        return
    gate = Path(arguments[1])
    while not gate.exists():
        time.sleep(0.001)
    asyncio.run(_cycle(Path(arguments[0])))


def main():
    """Fork a gateway for each line of stdin."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children leave no zombies
    for line in sys.stdin:
        order, *arguments = line.split()
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            logging.basicConfig(level=logging.WARNING)
            code = 1
            try:
                _child(order, arguments)
                code = 0
            finally:
                os._exit(code)
        print(pid, flush=True)


if __name__ == "__main__":
    main()

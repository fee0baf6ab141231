"""The whole gateway as a process, between a real meter and a real receiver."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.rig import CountingMeter, configured, receiving
from tests.receiver import Receiver

ROOT = Path(__file__).parents[1]


async def gateway(*arguments, environment=None):
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", *map(str, arguments)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )


@asynccontextmanager
async def running(config, environment=None, arguments=()):
    process = await gateway(
        "run", "--config", config, *arguments, environment=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def rig(folder, **receiver_fields):
    """A meter, a receiver that knows the gateway, and its configuration."""
    receiver, meter = Receiver({}, **receiver_fields), CountingMeter()
    async with receiving(receiver) as url:
        config, receiver.keys["physics"] = configured(folder, url, await meter.start())
        yield receiver, config
        await meter.stop()


async def stopped(process):
    """Ask the process to stop; return its exit code and what it logged."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        _, errors = await process.communicate()
    return process.returncode, errors.decode()


def run(scenario):
    async def in_time():
        async with asyncio.timeout(60):
            return await scenario()

    return asyncio.run(in_time())

"""The gateway's end of OCPP with two charge points configured, to talk to."""

import asyncio
from contextlib import asynccontextmanager

from websockets.asyncio.client import connect

from gateway.clock import SystemClock
from gateway.drivers.ocpp.central import CentralSystem
from gateway.drivers.ocpp.line import OcppLine
from gateway.lines import DeviceError
from tests.gateway.drivers.benches.ocpp import Bench

NOW = SystemClock().now


@asynccontextmanager
async def central(**changed):
    """The gateway's end with CP1 and CP2, and the address to connect to."""
    bench = Bench()
    place = bench.line()
    line = OcppLine("line", place.host, place.port, timeout_s=1.0, **changed)
    system = CentralSystem(line, NOW)
    devices = [system.device(each) for each in bench.devices()]
    await system.connect()
    try:
        yield system, devices, f"ws://127.0.0.1:{line.port}"
    finally:
        system.close()
        await asyncio.sleep(0)


async def until_error(device, words):
    async with asyncio.timeout(10):
        while True:
            try:
                poll = await device.poll(NOW)
            except DeviceError as error:
                if words in str(error):
                    return str(error)
            else:
                if any(words in each for each in poll.refused):
                    return "; ".join(poll.refused)
            await asyncio.sleep(0.02)


async def until_values(device, least=3):
    """Return the values by quantity, once so many came."""
    got = {}
    async with asyncio.timeout(10):
        while len(got) < least:
            try:
                poll = await device.poll(NOW)
            except DeviceError:
                poll = None
            for each in poll.readings if poll else []:
                got[each.point.rpartition("/")[2]] = each.value
            await asyncio.sleep(0.02)
    return got


def talking(url):
    """Be CP1, message by message."""
    return connect(f"{url}/CP1", subprotocols=["ocpp1.6"], proxy=None)


def run(scenario):
    async def in_time():
        async with asyncio.timeout(30):
            await scenario()

    asyncio.run(in_time())

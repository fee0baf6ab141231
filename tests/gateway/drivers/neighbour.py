"""A healthy Modbus TCP line in the same loop: how long each of its polls takes."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

from contract.inventory import DeviceEntry
from gateway.clock import SystemClock
from gateway.cycle.polled import Polled
from gateway.cycle.poller import Poller
from gateway.drivers.modbus.bus import ModbusBus
from gateway.lines import DeviceSettings, Line, TcpLine
from gateway.meters.loader import load_all

POLLS = 60
THINKS_S = 0.010
_SCHEDSTAT = Path("/proc/thread-self/schedstat")


@asynccontextmanager
async def neighbour():
    """Yield a function that polls again and again and returns seconds per poll.

    Time in which the machine ran something else is not counted: only what happens in
    this loop can slow it.
    """
    models = load_all(None)
    model = models["eastron_sdm120"]
    entry = DeviceEntry("site", "other", model.name, model.role, True, model.quantities)
    settings = DeviceSettings(entry, "other", 1, timedelta(seconds=1))
    async with await asyncio.start_server(_serve, "127.0.0.1", 0) as server:
        line = TcpLine("other", "127.0.0.1", server.sockets[0].getsockname()[1])
        bus = ModbusBus(line, models)
        poller = Poller(Line(line), bus, SystemClock())
        device = Polled(settings, bus.device(settings))

        async def per_poll_s():
            began = _own_s()
            for _ in range(POLLS):
                gave = await poller.poll([device])
                assert gave, device.health
                assert gave[0][1].readings, device.health
            return (_own_s() - began) / POLLS

        await poller.poll([device])  # opens the line
        try:
            yield per_poll_s
        finally:
            bus.close()
            await asyncio.sleep(0)


async def _serve(reader, writer):
    """Answer reads of input registers as a meter that thinks for a while."""
    try:
        while len(frame := await reader.read(12)) == 12:
            await asyncio.sleep(THINKS_S)
            count = frame[11]
            body = bytes([frame[6], frame[7], 2 * count]) + bytes(2 * count)
            writer.write(frame[:4] + len(body).to_bytes(2, "big") + body)
    finally:
        writer.close()


def _own_s():
    _, waited_ns, _ = map(int, _SCHEDSTAT.read_text().split())
    return monotonic() - waited_ns * 1e-9

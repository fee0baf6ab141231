"""The poller, whole pipeline, beside a bare paced pymodbus loop: polls per CPU-second.

Ours reads, decodes, judges, keeps and decides (gateway.cycle) and commits sealed
batches in SQLite FULL (gateway.buffer). The peer reads the same block of registers and
throws it away. Both at the same pace, in a process of their own, against one server.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from pymodbus.client import AsyncModbusTcpClient

from benchmarks.row import Row, folder, medians, program, result_of
from benchmarks.slaves import REGISTERS
from gateway.buffer import Buffer, Origin
from gateway.clock import SystemClock
from gateway.config import Settings, load
from gateway.cycle import Cycle

LINES: Final = 3
UNITS: Final = 35
PACE: Final = timedelta(seconds=0.1)
_WARM_UP_S: Final = 1.0
_SPAN_S: Final = 4.0
_ROUNDS: Final = 4


def rows() -> Sequence[Row]:
    """Return the comparison."""
    with program("benchmarks.slaves", "tcp", str(LINES), str(UNITS)) as server:
        ports = ",".join(map(str, server["ports"]))
        ours, peer = medians(
            _ROUNDS, lambda: _measured("ours", ports), lambda: _measured("bare", ports)
        )
    offered = LINES * UNITS / PACE.total_seconds()
    return [
        Row(
            f"poll → decode → judge → commit, {LINES * UNITS} meters, {offered:.0f}/s",
            f"{ours:,.0f} polls/CPU-s",
            f"{peer:,.0f} bare pymodbus loop",
            ours / peer,
            0.5,
        )
    ]


def _measured(who: str, ports: str) -> float:
    figures = result_of("benchmarks.poller", who, ports)
    return float(figures["polls"] / figures["cpu_s"])


async def _bare(ports: list[int]) -> dict[str, float]:
    polls = 0
    until = time.monotonic() + _WARM_UP_S + _SPAN_S + 1

    async def line(port: int) -> None:
        nonlocal polls
        client = AsyncModbusTcpClient("127.0.0.1", port=port)
        await client.connect()
        due = time.monotonic()
        while due < until:
            for unit in range(1, UNITS + 1):
                await client.read_input_registers(0, count=REGISTERS, device_id=unit)
                polls += 1
            due += PACE.total_seconds()
            await asyncio.sleep(due - time.monotonic())
        client.close()

    async def mark() -> tuple[float, float]:
        return polls, time.process_time()

    async with asyncio.TaskGroup() as group:
        for port in ports:
            group.create_task(line(port))
        return await _span(mark)


async def _ours(ports: list[int], here: Path) -> dict[str, float]:
    settings = settings_for(ports, here, PACE)
    clock = SystemClock()
    buffer = Buffer(here, Origin("bench", "00" * 16, settings.inventory()), clock)
    cycle = Cycle(settings, clock, buffer, lambda: None)
    per_poll = len(settings.models["voltonic_room"].quantities)

    async def mark() -> tuple[float, float]:
        await buffer.committed()
        cpu_s = time.process_time()
        return (await buffer.totals())[0].produced / per_poll, cpu_s

    committing = asyncio.create_task(buffer.run())
    polling = asyncio.create_task(cycle.run())
    figures = await _span(mark)
    polling.cancel()
    await asyncio.wait([polling])
    buffer.stop()
    await committing
    await cycle.close()
    await buffer.close()
    return figures


async def _span(mark: Callable[[], Awaitable[tuple[float, float]]]) -> dict[str, float]:
    await asyncio.sleep(_WARM_UP_S)
    polls, cpu_s = await mark()
    await asyncio.sleep(_SPAN_S)
    more_polls, more_cpu_s = await mark()
    return {"polls": more_polls - polls, "cpu_s": more_cpu_s - cpu_s}


def settings_for(ports: Sequence[int], here: Path, pace: timedelta) -> Settings:
    """Return the settings of a gateway with `UNITS` rooms behind each of `ports`."""
    settings = load(write_settings(ports, here, poll_s=60))
    devices = tuple(replace(device, interval=pace) for device in settings.devices)
    return replace(settings, devices=devices)


def write_settings(ports: Sequence[int], here: Path, poll_s: int) -> Path:
    """Write a gateway.toml for `UNITS` rooms behind each of `ports`."""
    path = here / "gateway.toml"
    path.write_text(
        '[gateway]\nname = "bench"\nnode = "campus/bench"\ndata_dir = "data"\n'
        '[cloud]\nurl = "http://127.0.0.1:9"\n'
        f"[poll]\ninterval_s = {poll_s}\n[forecaster]\nenabled = true\n"
        '[status_page]\nhost = "127.0.0.1"\nport = 0\n'
        + "".join(_line(number, port) for number, port in enumerate(ports, 1))
    )
    return path


def _line(number: int, port: int) -> str:
    line = (
        f'[lines.floor-{number}]\ntype = "modbus_tcp"\nhost = "127.0.0.1"\n'
        f"port = {port}\n"
    )
    return line + "".join(
        f'[[devices]]\nname = "meter"\nnode = "floor-{number}/room-{number}{unit:02}"\n'
        f'line = "floor-{number}"\nunit = {unit}\nmodel = "voltonic_room"\n'
        for unit in range(1, UNITS + 1)
    )


if __name__ == "__main__":
    who, served = sys.argv[1], [int(port) for port in sys.argv[2].split(",")]
    if who == "bare":
        print(json.dumps(asyncio.run(_bare(served))))
    else:
        with folder() as data:
            print(json.dumps(asyncio.run(_ours(served, data))))

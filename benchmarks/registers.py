"""The register planner: one block beside one request for each register, in CPU time."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from typing import Final

from benchmarks.row import Row, program
from contract.inventory import DeviceEntry, Role
from contract.quantity import DEFINITIONS, Quantity
from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.meter import Meter
from gateway.lines import TcpLine
from gateway.meters import Encoding, Model, Register, Space

FIRST: Final = 18
_POLLS: Final = 40
_VALUES: Final = 40
_ROUNDS: Final = 5
_BLOCKS_PER_POLL: Final = 10


def rows() -> Sequence[Row]:
    """Return the comparison."""
    with program("benchmarks.slaves", "tcp", "1", "1") as server:
        return asyncio.run(_compared(int(server["ports"][0])))


async def _compared(port: int) -> Sequence[Row]:
    model = wide_model()
    bus = Bus(TcpLine("bench", "127.0.0.1", port))
    await bus.connect()
    block = _meter(bus, model)
    alone = _meter(bus, replace(model, max_registers=Encoding.FLOAT32.words))
    figures: tuple[list[float], list[float]] = [], []
    for _ in range(_ROUNDS):
        figures[0].append(await _cpu_s(block, _POLLS * _BLOCKS_PER_POLL))
        figures[1].append(await _cpu_s(alone, _POLLS))
    bus.close()
    ours, peer = map(median, figures)
    return [
        Row(
            f"a meter of {len(model.registers)} values, read in one block",
            f"{ours * 1e6:,.0f} µs CPU a poll",
            f"{peer * 1e6:,.0f} µs, each register by itself",
            peer / ours,
            10,
        )
    ]


async def _cpu_s(meter: Meter, polls: int) -> float:
    begin_s = time.process_time()
    for _ in range(polls):
        await meter.poll(lambda: datetime.now(UTC))
    return (time.process_time() - begin_s) / polls


def _meter(bus: Bus, model: Model) -> Meter:
    entry = DeviceEntry(
        "campus/bench", "meter", model.name, Role.MAIN, False, model.quantities
    )
    return Meter(bus, 1, model, entry)


def wide_model() -> Model:
    """Return a model of the first 40 quantities that take the server's values."""
    fitting = [q for q in Quantity if DEFINITIONS[q].high >= 60][:_VALUES]
    registers = tuple(
        Register(quantity, Space.INPUT, FIRST + 2 * place, Encoding.FLOAT32)
        for place, quantity in enumerate(fitting)
    )
    return Model("bench", "bench", "", "", Role.MAIN, registers)


if __name__ == "__main__":
    print(rows())

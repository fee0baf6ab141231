"""One device behind a Modbus line: its registers in, its readings out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
)

from contract.inventory import DeviceEntry
from contract.quantity import DEFINITIONS, Quantity, implausible
from contract.reading import Quality, Reading
from gateway.driver import Poll, Shown
from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.decode import Values, decoder
from gateway.drivers.modbus.plan import Block, blocks
from gateway.lines import DeviceError
from gateway.meters import Model, Space


@dataclass(frozen=True, slots=True)
class _Point:
    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Request:
    pdu: ModbusPDU
    body_bytes: int
    block: Block
    decode: Callable[[bytes], Values]


Part = tuple[Block, Callable[[bytes], Values]]
"""What one request reads, and what turns its bytes into values."""


class Meter:
    """A device that is polled.

    Args:
        parts: What to read where the model itself does not say where its registers are.
    """

    def __init__(
        self,
        bus: Bus,
        unit: int,
        model: Model,
        entry: DeviceEntry,
        parts: Sequence[Part] | None = None,
    ) -> None:
        if parts is None:
            parts = [(block, decoder(block)) for block in blocks(model)]
        self._bus = bus
        self._gap_s = model.frame_gap_s
        self._quality = Quality.SIMULATED if entry.simulated else Quality.MEASURED
        self._requests = [_request(*part, unit) for part in parts]
        self._points = {
            quantity: _Point(
                entry.point(quantity),
                DEFINITIONS[quantity].low,
                DEFINITIONS[quantity].high,
            )
            for quantity in model.quantities
        }

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Read every register; `now` is asked once at the arrival of each answer.

        Raises:
            DeviceError: A request failed, or no value can be used.
        """
        readings: list[Reading] = []
        refused: list[str] = []
        for request in self._requests:
            body = await self._bus.exchange(
                request.pdu, request.body_bytes, self._gap_s
            )
            self._judge(request.decode(body), now(), readings, refused)
        if not readings:
            why = "; ".join(refused) or "it has no value for any register"
            raise DeviceError(f"no value can be used: {why}")
        return Poll(readings, refused)

    def _judge(
        self, values: Values, at: datetime, readings: list[Reading], refused: list[str]
    ) -> None:
        quality, points = self._quality, self._points
        for quantity, value in values:
            if value is None:
                continue
            point = points[quantity]
            if point.low <= value <= point.high:
                readings.append(Reading(point.name, at, value, quality))
            else:
                why = implausible(quantity, value)
                refused.append(f"{quantity}: {value:g} is {why}")

    async def inspect(self, now: Callable[[], datetime]) -> list[Shown]:
        """Return every value with its registers, also absent and implausible ones.

        Raises:
            DeviceError: A request failed.
        """
        rows: list[Shown] = []
        for request in self._requests:
            body = await self._bus.exchange(
                request.pdu, request.body_bytes, self._gap_s
            )
            values = dict(request.decode(body))
            row = partial(_raw_value, request.block, body, now())
            rows += [row(n, values) for n in range(len(request.block.registers))]
        return rows


def _request(block: Block, decode: Callable[[bytes], Values], unit: int) -> _Request:
    kind = (
        ReadInputRegistersRequest
        if block.space is Space.INPUT
        else ReadHoldingRegistersRequest
    )
    pdu = kind(address=block.address, count=block.count, dev_id=unit)
    return _Request(pdu, 2 * block.count, block, decode)


def _raw_value(
    block: Block,
    body: bytes,
    at: datetime,
    place: int,
    values: dict[Quantity, float | None],
) -> Shown:
    register = block.registers[place]
    start = 2 * (register.address - block.address)
    words = body[start : start + 2 * register.encoding.words]
    return Shown(
        register.quantity,
        values[register.quantity],
        f"{block.space} 0x{register.address:04X}",
        words.hex(" ", 2),
        at,
    )

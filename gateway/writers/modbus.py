"""Setpoints into Modbus holding registers, in one request with the reversion time."""

import struct
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    WriteMultipleRegistersRequest,
)

from contract.quantity import Quantity
from gateway.drivers.modbus.client import Bus
from gateway.lines import DeviceError
from gateway.meters import Control, Encoding, Setpoint, WordOrder

_FORMATS: Final[Mapping[Encoding, str]] = {
    Encoding.UINT16: ">H",
    Encoding.INT16: ">h",
    Encoding.UINT32: ">I",
    Encoding.INT32: ">i",
    Encoding.UINT64: ">Q",
    Encoding.INT64: ">q",
    Encoding.FLOAT32: ">f",
    Encoding.FLOAT64: ">d",
    Encoding.ACC32: ">I",
}
_FLOATS: Final = (Encoding.FLOAT32, Encoding.FLOAT64)


class ModbusWriter:
    """The setpoints of one device, a block of holding registers."""

    def __init__(self, bus: Bus, unit: int, control: Control) -> None:
        self._bus, self._unit, self._control = bus, unit, control

    async def hold(self, values: Mapping[Quantity, float], lease: timedelta) -> None:
        """Write every setpoint, and after what time the device itself reverts."""
        control = self._control
        registers = [0] * control.count
        for setpoint in control.setpoints:
            place = setpoint.address - control.address
            words = encoded(setpoint, values[setpoint.quantity])
            registers[place : place + len(words)] = words
        if control.reversion_address is not None:
            registers[-1] = reversion_count(control, lease)
        request = WriteMultipleRegistersRequest(
            address=control.address, registers=registers, dev_id=self._unit
        )
        echo = await self._bus.exchange(request, 4)
        if echo != struct.pack(">HH", control.address, control.count):
            raise DeviceError("the device confirmed another write than the one sent")

    async def release(self, back: Mapping[Quantity, float]) -> Mapping[Quantity, float]:
        """Write the values to go back to, for good."""
        await self.hold(back, timedelta(0))
        return back

    async def read_back(self) -> Mapping[Quantity, float]:
        """Return the setpoints that the device holds."""
        control = self._control
        request = ReadHoldingRegistersRequest(
            address=control.address, count=control.count, dev_id=self._unit
        )
        body = await self._bus.exchange(request, 2 * control.count)
        return {
            each.quantity: decoded(each, body[2 * (each.address - control.address) :])
            for each in control.setpoints
        }


def reversion_count(control: Control, revert_after: timedelta) -> int:
    """Return `revert_after` in the device's own unit, rounded up."""
    return -(-revert_after // timedelta(seconds=control.reversion_unit_s))


def encoded(setpoint: Setpoint, value: float) -> list[int]:
    """Return the registers that hold `value`."""
    raw = value / setpoint.scale
    raw = raw if setpoint.encoding in _FLOATS else round(raw)
    try:
        packed = struct.pack(_FORMATS[setpoint.encoding], raw)
    except (struct.error, OverflowError) as error:
        raise DeviceError(f"{value:g} does not fit into its register") from error
    words = [word for (word,) in struct.iter_unpack(">H", packed)]
    return words if setpoint.word_order is WordOrder.HIGH_FIRST else words[::-1]


def decoded(setpoint: Setpoint, body: bytes) -> float:
    """Return the value in the registers at the start of `body`."""
    words = [body[at : at + 2] for at in range(0, 2 * setpoint.encoding.words, 2)]
    if setpoint.word_order is WordOrder.LOW_FIRST:
        words.reverse()
    (raw,) = struct.unpack(_FORMATS[setpoint.encoding], b"".join(words))
    return float(raw * setpoint.scale)

"""Setpoints into Modbus holding registers, in one request with the reversion time."""

import struct
from collections.abc import Mapping
from datetime import timedelta

from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    WriteMultipleRegistersRequest,
)

from contract.quantity import Quantity
from gateway.drivers.modbus.client import Bus
from gateway.lines import DeviceError
from gateway.meters import Control


async def write(
    bus: Bus,
    unit: int,
    control: Control,
    values: Mapping[Quantity, float],
    revert_after: timedelta,
) -> None:
    """Write every setpoint, and after what time the device itself reverts; 0 is never.

    Raises:
        DeviceError: The device did not confirm it.
    """
    registers = [0] * control.count
    for setpoint in control.setpoints:
        registers[setpoint.address - control.address] = int(values[setpoint.quantity])
    registers[-1] = reversion_count(control, revert_after)
    request = WriteMultipleRegistersRequest(
        address=control.address, registers=registers, dev_id=unit
    )
    echo = await bus.exchange(request, 4)
    if echo != struct.pack(">HH", control.address, control.count):
        raise DeviceError("the device confirmed another write than the one sent")


async def read_back(bus: Bus, unit: int, control: Control) -> dict[Quantity, float]:
    """Return the setpoints that the device holds.

    Raises:
        DeviceError: It could not be read.
    """
    request = ReadHoldingRegistersRequest(
        address=control.address, count=control.count, dev_id=unit
    )
    body = await bus.exchange(request, 2 * control.count)
    registers = struct.unpack(f">{control.count}H", body)
    return {
        setpoint.quantity: float(registers[setpoint.address - control.address])
        for setpoint in control.setpoints
    }


def reversion_count(control: Control, revert_after: timedelta) -> int:
    """Return `revert_after` in the device's own unit, rounded up."""
    return -(-revert_after // timedelta(seconds=control.reversion_unit_s))

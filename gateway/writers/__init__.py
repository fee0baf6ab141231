"""How setpoints are put into devices; only the guard may do it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol, cast

from contract.quantity import Quantity
from gateway.driver import Connection
from gateway.drivers.bacnet.line import BacnetLine
from gateway.drivers.modbus.client import Bus
from gateway.drivers.ocpp.line import OcppLine, OcppPlace
from gateway.lines import DeviceSettings, LineSettings, ModbusLine
from gateway.meters import Control


class Writer(Protocol):
    """Puts the setpoints of one control into its device; the guard owns the line.

    All of it raises `DeviceError`, in words, when the device does not obey.
    """

    async def hold(self, values: Mapping[Quantity, float], lease: timedelta) -> None:
        """Write every setpoint; a device that can reverts by itself after `lease`."""

    async def release(self, back: Mapping[Quantity, float]) -> Mapping[Quantity, float]:
        """Let the device go.

        Args:
            back: What its setpoints were before, as far as that is known.

        Returns:
            What it has to show now; nothing where the device itself decides.
        """

    async def read_back(self) -> Mapping[Quantity, float]:
        """Return the setpoints that the device holds, as far as it tells them."""


def writer(
    line: LineSettings,
    connection: Connection,
    device: DeviceSettings,
    control: Control,
) -> Writer:
    """Return what writes `control` into `device`.

    Raises:
        TypeError: Devices on such a line cannot be written.
    """
    if isinstance(line, ModbusLine):
        from gateway.writers.modbus import ModbusWriter

        return ModbusWriter(cast(Bus, connection), device.unit, control)
    if isinstance(line, BacnetLine):
        from gateway.drivers.bacnet.network import Network
        from gateway.writers.bacnet import BacnetWriter

        return BacnetWriter(cast(Network, connection), device, control)
    if isinstance(line, OcppLine) and isinstance(device.place, OcppPlace):
        from gateway.drivers.ocpp.central import CentralSystem
        from gateway.writers.ocpp import OcppWriter

        return OcppWriter(cast(CentralSystem, connection), device.place)
    raise TypeError(f"no writer for {type(line).__name__}")

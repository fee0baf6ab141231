"""Modbus lines and the devices on them, as they are written."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, Literal

from pydantic import Field

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from gateway.config.tables import DeviceTable, LineTable, Port
from gateway.lines import DeviceSettings, RtuTcpLine, SerialLine, TcpLine
from gateway.meters import Models
from gateway.meters.fault import did_you_mean

_MAX_RTU_UNIT: Final = 247
_MAX_INSTANCE: Final = 32


class TcpTable(LineTable):
    """[lines.…] with type modbus_tcp."""

    type: Literal["modbus_tcp"]
    host: str = Field(min_length=1)
    port: Port = 502
    timeout_s: float = Field(default=2.0, gt=0, le=2.0)

    def settings(self, name: str) -> TcpLine:
        """Return the line as its driver wants it."""
        return TcpLine(name, self.host, self.port, self.timeout_s, self.simulated)


class RtuTcpTable(LineTable):
    """[lines.…] with type modbus_rtu_tcp: RTU frames through a serial server."""

    type: Literal["modbus_rtu_tcp"]
    host: str = Field(min_length=1)
    port: Port
    timeout_s: float = Field(default=1.0, gt=0, le=5)

    def settings(self, name: str) -> RtuTcpLine:
        """Return the line as its driver wants it."""
        return RtuTcpLine(name, self.host, self.port, self.timeout_s, self.simulated)


class SerialTable(LineTable):
    """[lines.…] with type modbus_rtu."""

    type: Literal["modbus_rtu"]
    port: str = Field(min_length=1)
    baudrate: int = Field(default=9600, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1
    timeout_s: float = Field(default=0.5, gt=0, le=5)

    def settings(self, name: str) -> SerialLine:
        """Return the line as its driver wants it."""
        return SerialLine(
            name,
            self.port,
            self.baudrate,
            self.parity,
            self.stopbits,
            self.timeout_s,
            self.simulated,
        )


class ModbusDevice(DeviceTable):
    """[[devices]] on a Modbus line."""

    line_type: Literal["modbus_tcp", "modbus_rtu", "modbus_rtu_tcp"]
    unit: int = Field(ge=0, le=255)
    model: str
    instance: int = Field(default=1, ge=1, le=_MAX_INSTANCE)

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with its unit or model."""
        is_bus = isinstance(line, SerialTable | RtuTcpTable)
        if is_bus and not 1 <= self.unit <= _MAX_RTU_UNIT:
            yield f"unit: {self.unit} is out of range; a serial line has 1 to 247"
        if self.model not in models:
            yield (
                f'model: no meter model "{self.model}"'
                f"{did_you_mean(self.model, list(models))}; there are "
                + ", ".join(sorted(models))
            )
        elif self.instance > 1 and models[self.model].discovery is None:
            yield f"instance: {self.model} has no further ones; remove it"

    def place(self) -> str:
        """Return its unit; two models may share one, as behind a data logger."""
        which = f", instance {self.instance}" if self.instance > 1 else ""
        return f"unit: {self.unit} ({self.model}{which})"

    def entry(
        self, node: str, line: LineTable, models: Models, *, simulated: bool
    ) -> DeviceEntry:
        """Return what the cloud is told of it."""
        del line
        model = models[self.model]
        saved = (Quantity.ENERGY_SAVED_KWH,) if model.has_setback else ()
        return DeviceEntry(
            node=node,
            name=self.name,
            model=model.name,
            role=self.role or model.role,
            simulated=simulated,
            quantities=model.quantities + saved,
            modulus_kwh=model.modulus_kwh,
        )

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        return DeviceSettings(
            entry, self.line, self.unit, interval, place=self.instance
        )

"""M-Bus lines and the meters on them, as they are written."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, Literal

from pydantic import Field

from contract.inventory import DeviceEntry
from gateway.config.tables import LineTable, ListedTable
from gateway.config.wired import WiredTable
from gateway.drivers.mbus.line import MbusLine
from gateway.lines import DeviceSettings
from gateway.meters import Models

_DIGITS: Final = 8


class MbusTable(WiredTable):
    """[lines.…] with type mbus."""

    type: Literal["mbus"]
    baudrate: int = Field(default=2400, ge=300, le=38_400)
    parity: Literal["N", "E", "O"] = "E"
    timeout_s: float = Field(default=0.5, gt=0, le=5)

    def settings(self, name: str) -> MbusLine:
        """Return the line as its driver wants it."""
        place = self.where(self.baudrate, 8, self.parity)
        return MbusLine(name, place, self.baudrate, self.timeout_s, self.simulated)


class MbusDevice(ListedTable):
    """[[devices]] on an M-Bus line, by primary address or by number."""

    line_type: Literal["mbus"]
    unit: int | None = Field(default=None, ge=0, le=250)
    meter_id: str = ""

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with its address or its list."""
        if (self.unit is None) == (not self.meter_id):
            yield (
                "unit: write either unit, its primary address 0 to 250, or meter_id,"
                " the 8 digits on its plate"
            )
        elif self.meter_id and not (
            self.meter_id.isdecimal()
            and self.meter_id.isascii()
            and len(self.meter_id) == _DIGITS
        ):
            yield f'meter_id: "{self.meter_id}" is not the 8 digits on the meter'
        yield from super().faults(line, models)

    @property
    def taken_from(self) -> str:
        """Where its values come from."""
        return "from its data, as voltonic-gateway decode names it"

    def place(self) -> str:
        """Return its address."""
        if self.meter_id:
            return f"meter_id: {self.meter_id}"
        return f"unit: {self.unit}"

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        unit = self.unit or 0
        return DeviceSettings(entry, self.line, unit, interval, self.meter_id)

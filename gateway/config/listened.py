"""Serial ports on which telegrams come by themselves, as they are written."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

from pydantic import Field

from contract.inventory import DeviceEntry
from gateway.config.tables import LineTable, ListedTable
from gateway.lines import DeviceSettings, ListenLine

_BAUDRATES: Final[Mapping[str, int]] = {
    "dsmr": 115_200,
    "sml": 9600,
    "text_line": 9600,
}


class ListenTable(LineTable):
    """[lines.…] on which telegrams come by themselves; the type is their format."""

    type: Literal["dsmr", "sml", "text_line"]
    port: str = Field(min_length=1)
    baudrate: int | None = Field(default=None, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1
    timeout_s: float = Field(default=30, gt=0, le=3600)
    columns: tuple[str, ...] = ()

    def settings(self, name: str) -> ListenLine:
        """Return the line as its driver wants it."""
        return ListenLine(
            name,
            self.port,
            self.type,
            self.baudrate or _BAUDRATES[self.type],
            self.parity,
            self.stopbits,
            self.timeout_s,
            self.columns,
            self.simulated,
        )


class ListenedDevice(ListedTable):
    """[[devices]] whose telegrams come by themselves."""

    line_type: Literal["dsmr", "sml", "text_line"]
    meter_id: str = ""

    @property
    def taken_from(self) -> str:
        """Where its values come from."""
        return "from the telegrams, as voltonic-gateway decode names it"

    def place(self) -> str:
        """Return itself: several devices may take from one telegram."""
        return f"name: {self.node}/{self.name}"

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        return DeviceSettings(entry, self.line, 0, interval, self.meter_id)

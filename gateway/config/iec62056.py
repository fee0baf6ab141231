"""Lines of IEC 62056-21 meters, as they are written."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from contract.inventory import DeviceEntry
from gateway.config.tables import ListedTable
from gateway.config.wired import WiredTable
from gateway.drivers.iec62056.line import IecLine
from gateway.drivers.iec62056.message import BAUDRATES, FIRST_BAUDRATE
from gateway.lines import DeviceSettings
from gateway.wire import TcpPort


def _known_speed(value: int) -> int:
    if value not in BAUDRATES:
        speeds = ", ".join(map(str, BAUDRATES))
        raise ValueError(f"{value} is no speed of the standard; there are {speeds}")
    return value


class IecTable(WiredTable):
    """[lines.…] with type iec62056.

    Attributes:
        baudrate_fixed: Where the speed cannot be changed; by TCP it is 300 if not told.
    """

    type: Literal["iec62056"]
    baudrate_fixed: Annotated[int, AfterValidator(_known_speed)] | None = None
    parity: Literal["even", "software", "none"] = "even"
    timeout_s: float = Field(default=2.0, gt=0, le=10)

    def settings(self, name: str) -> IecLine:
        """Return the line as its driver wants it."""
        is_even = self.parity == "even"
        first = self.baudrate_fixed or FIRST_BAUDRATE
        place = self.where(first, 7 if is_even else 8, "E" if is_even else "N")
        fixed = first if isinstance(place, TcpPort) else self.baudrate_fixed
        return IecLine(name, place, fixed, self.parity, self.timeout_s, self.simulated)


class IecDevice(ListedTable):
    """[[devices]] on such a line; without a meter_id it is the only one."""

    line_type: Literal["iec62056"]
    meter_id: str = Field(default="", max_length=32, pattern=r"^[0-9A-Za-z ]*$")

    @property
    def taken_from(self) -> str:
        """Where its values come from."""
        return "from its data block, as voltonic-gateway decode names it"

    def place(self) -> str:
        """Return its address."""
        return f"meter_id: {self.meter_id or 'any'}"

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        return DeviceSettings(entry, self.line, 0, interval, self.meter_id)

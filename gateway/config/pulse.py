"""Inputs for pulses and the meters wired to them, as they are written."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from gateway.config.tables import LineTable, ListedTable
from gateway.drivers.pulse.line import GpioPin, PulseLine, PulsePlace
from gateway.lines import DeviceSettings
from gateway.meters import Models
from gateway.wire import SerialPort

_POWER_OF: Final = {
    Quantity.ENERGY_IMPORT_KWH: (Quantity.ACTIVE_POWER_KW,),
    Quantity.HEAT_KWH: (Quantity.HEAT_POWER_KW,),
    Quantity.GAS_M3: (),
    Quantity.WATER_M3: (),
}
"""What pulses may count, and what may be told from the time between them."""


class PulseTable(LineTable):
    """[lines.…] with type pulse: a pin, or the receiving wire of a serial adapter."""

    type: Literal["pulse"]
    gpiochip: str | None = Field(default=None, min_length=1)
    gpio: int | None = Field(default=None, ge=0, le=1023)
    port: str | None = Field(default=None, min_length=1)
    baudrate: int = Field(default=300, ge=50, le=115_200)
    min_pulse_s: float = Field(default=0.03, ge=0.001, le=1)

    @model_validator(mode="after")
    def _one_input(self) -> Self:
        has_pin = self.gpiochip is not None and self.gpio is not None
        has_part = self.gpiochip is not None or self.gpio is not None
        if has_part != has_pin or has_pin == (self.port is not None):
            raise ValueError(
                'write either gpiochip and gpio, e.g. "/dev/gpiochip0" and 17, or'
                " port, the serial port at whose RX the pulses come in"
            )
        return self

    def settings(self, name: str) -> PulseLine:
        """Return the line as its driver wants it."""
        place: GpioPin | SerialPort
        if self.gpiochip is not None and self.gpio is not None:
            place = GpioPin(self.gpiochip, self.gpio)
        else:
            place = SerialPort(self.port or "", self.baudrate)
        return PulseLine(name, place, self.min_pulse_s, self.simulated)


class PulseDevice(ListedTable):
    """[[devices]] on such a line, one on each."""

    line_type: Literal["pulse"]
    pulses_per_unit: float = Field(gt=0, le=1e6, allow_inf_nan=False)
    start: float = Field(default=0.0, ge=0, le=1e11, allow_inf_nan=False)

    def faults(self, line: LineTable, models: Models) -> Iterator[str]:
        """Yield what is wrong with its list."""
        yield from super().faults(line, models)
        counted = [each for each in self.quantities if each in _POWER_OF]
        if self.quantities and len(counted) != 1:
            names = ", ".join(_POWER_OF)
            yield f"quantities: list the one that its pulses count: {names}"
            return
        for each in self.quantities:
            if each not in _POWER_OF and each not in _POWER_OF[counted[0]]:
                yield f"quantities: {each} cannot be told from pulses of {counted[0]}"

    @property
    def taken_from(self) -> str:
        """Where its values come from."""
        return "from its pulses"

    def place(self) -> str:
        """Return its line: an input has one meter."""
        return "line: its input"

    def settings(self, entry: DeviceEntry, interval: timedelta) -> DeviceSettings:
        """Return the device as its driver wants it."""
        place = PulsePlace(self.pulses_per_unit, self.start)
        return DeviceSettings(entry, self.line, 0, interval, place=place)

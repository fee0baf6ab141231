"""The input of a pulse output, and the meter whose register is kept here.

Source: EN 62053-31 (S0: a pulse lasts 30 ms or longer, as does the pause after it).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from contract.quantity import DEFINITIONS, Kind, Quantity, implausible
from contract.reading import Quality, Reading
from gateway.driver import Poll, Shown, Surroundings
from gateway.drivers.pulse.count import PREFIX, Pulses, from_row, to_row
from gateway.drivers.pulse.line import GpioPin, PulseLine, PulsePlace
from gateway.lines import DeviceError, DeviceSettings, LineDownError
from gateway.wire.wire import Wire

if TYPE_CHECKING:
    from gateway.drivers.pulse.gpio import Pin

_DIGITS: Final = 6


class PulseInput:
    """One input; it counts in the background, also between two polls."""

    def __init__(self, line: PulseLine, surroundings: Surroundings) -> None:
        self.line = line
        self.pulses = Pulses(line.min_pulse_s)
        self._kept = surroundings.kept
        self._pin: Pin | None = None
        self._wire: Wire | None = None
        if not isinstance(line.place, GpioPin):
            self._wire = Wire(line.place, self._heard)

    @property
    def is_connected(self) -> bool:
        """Whether pulses are counted."""
        return self._pin is not None or (self._wire is not None and self._wire.is_open)

    async def connect(self) -> None:
        """Begin to count unless that is done.

        Raises:
            LineDownError: The input cannot be used; the message says why.
        """
        if self._wire is not None:
            await self._wire.open()
        elif self._pin is None and isinstance(self.line.place, GpioPin):
            place, min_pulse_s = self.line.place, self.line.min_pulse_s
            self._pin = _pin(place, min_pulse_s, self.pulses.add, self.close)

    def close(self) -> None:
        """Stop counting."""
        if self._wire is not None:
            self._wire.close()
        pin, self._pin = self._pin, None
        if pin is not None:
            pin.close()

    def device(self, settings: DeviceSettings) -> "PulseMeter":
        """Return the meter, with the count as it was kept."""
        place = settings.place
        if not isinstance(place, PulsePlace):
            raise TypeError(f"no pulses: {place!r}")
        key = PREFIX + settings.path
        before = from_row(self._kept(key).get(key), place)
        return PulseMeter(self, settings, place, before)

    def _heard(self, data: bytes) -> None:
        self.pulses.edges(len(data), asyncio.get_running_loop().time())


def _pin(
    place: GpioPin,
    min_pulse_s: float,
    fell: Callable[[int, float], None],
    lost: Callable[[], None],
) -> "Pin":
    try:
        from gateway.drivers.pulse.gpio import Pin
    except ImportError as error:
        raise LineDownError("GPIO pins can be read on Linux only") from error
    return Pin(place, min_pulse_s, fell, lost)


class PulseMeter:
    """A meter that tells only how much more it counted."""

    def __init__(
        self,
        source: PulseInput,
        settings: DeviceSettings,
        place: PulsePlace,
        before: int,
    ) -> None:
        self._source = source
        self._key = PREFIX + settings.path
        self._entry = settings.entry
        self._place = place
        self._before = before

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Return its register, and the power it draws where that is asked for.

        Raises:
            DeviceError: The register is past anything a meter can show.
        """
        pulses, entry = self._source.pulses, self._entry
        pulses.settle(asyncio.get_running_loop().time())
        at = now()
        origin = Quality.SIMULATED if entry.simulated else Quality.MEASURED
        readings = []
        for quantity in entry.quantities:
            value = self._value(quantity)
            if value is None:
                continue
            if why := implausible(quantity, value):
                raise DeviceError(f"{quantity}: {value:g} is {why}")
            is_counted = DEFINITIONS[quantity].kind is Kind.COUNTER
            quality = origin if is_counted else origin | Quality.ESTIMATED
            readings.append(Reading(entry.point(quantity), at, value, quality))
        refused = []
        if pulses.noise:
            refused.append(
                f"{pulses.noise} edges came too close together to be pulses and were"
                " not counted; look at the wiring"
            )
            pulses.noise = 0
        row = to_row(self._before + pulses.counted, self._place)
        return Poll(readings, refused, {self._key: row})

    async def inspect(self, now: Callable[[], datetime]) -> Sequence[Shown]:
        """Return its register, and how many pulses make it up."""
        pulses = self._source.pulses
        pulses.settle(asyncio.get_running_loop().time())
        count = f"{self._before + pulses.counted} pulses"
        at = now()
        return [
            Shown(quantity, self._value(quantity), "counted here", count, at)
            for quantity in self._entry.quantities
        ]

    def _value(self, quantity: Quantity) -> float | None:
        pulses, place = self._source.pulses, self._place
        if DEFINITIONS[quantity].kind is Kind.COUNTER:
            counted = self._before + pulses.counted
            return round(place.start + counted / place.pulses_per_unit, _DIGITS)
        rate = pulses.per_hour(asyncio.get_running_loop().time())
        return None if rate is None else round(rate / place.pulses_per_unit, _DIGITS)

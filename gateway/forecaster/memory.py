"""What a forecast rests on, as it is remembered over restarts and power cuts."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from contract.interval import INTERVAL_MS, to_ms
from contract.inventory import Inventory
from contract.reading import Reading
from contract.weather import SiteWeather
from gateway.forecaster import disk
from gateway.forecaster.counting import Counting
from gateway.forecaster.known import Known, Site, empty_memory
from gateway.forecaster.weather import KeptWeather

FILE_NAME: Final = "memory.bin"


@dataclass(frozen=True, slots=True)
class Kept:
    """The memory as it was at an instant, ready to be written."""

    sections: dict[str, bytes]


class Memory:
    """Quarter hours of six weeks, the weather of two, and counters of three hours."""

    def __init__(self, inventory: Inventory, subject: str) -> None:
        self.counting = Counting.of(inventory, subject)
        self.weather = KeptWeather()
        self._quarters = empty_memory()

    def observe(self, reading: Reading) -> None:
        """Remember what a forecast rests on."""
        self.counting.keep(reading)

    def tell(self, weather: SiteWeather) -> None:
        """Remember what the cloud says of the weather."""
        self.weather.keep(weather)

    def known(self, site: Site, now: datetime) -> Known:
        """Return what is known now; it does not change with this memory."""
        until_s = self.close(now)
        return Known(until_s, self._quarters.copy(), self.weather.copy(), site)

    def close(self, now: datetime) -> int:
        """Enter the quarter hours that are over; return when the last one ended."""
        origin_ms = to_ms(now) // INTERVAL_MS * INTERVAL_MS
        for quarter in self.counting.quarters(origin_ms):
            values = quarter.load_kw, quarter.temperature_c, quarter.occupancy_rate
            self._quarters.put(quarter.start_s, values)
        return origin_ms // 1000

    def kept(self) -> Kept:
        """Return the memory to be written."""
        measured, issues = self.weather.to_bytes()
        return Kept(
            {
                "quarters": self._quarters.to_bytes(),
                "counters": self.counting.to_bytes(),
                "weather": measured,
                "weather_forecasts": issues,
            }
        )

    def recall(self, folder: Path) -> None:
        """Take up what an earlier run remembered.

        Raises:
            DamagedError: It is not what was written; nothing of it is used.
        """
        try:
            found = disk.load(folder / FILE_NAME)
        except FileNotFoundError:
            return
        quarters, weather = empty_memory(), KeptWeather()
        try:
            quarters.recall(found["quarters"])
            weather.recall(found["weather"], found["weather_forecasts"])
            self.counting.recall(found["counters"])
        except (KeyError, ValueError) as error:
            raise disk.DamagedError(f"{FILE_NAME} is damaged: {error}") from error
        self._quarters, self.weather = quarters, weather


def write(folder: Path, kept: Kept) -> None:
    """Write the memory."""
    disk.save(folder / FILE_NAME, kept.sections)

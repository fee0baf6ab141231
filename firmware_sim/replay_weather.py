"""The weather beside a replay: what its file tells of each hour, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np

from firmware_sim.draws import Floats
from firmware_sim.replay_csv import ReplayError, hour_ms, number, rows, signed
from firmware_sim.weather import HOUR_S, UNITS, Instants

_TEMPERATURE: Final = "temperature_2m"
_WIND: Final = "wind_speed_10m"


@dataclass(frozen=True, slots=True, eq=False)
class ReplayWeather:
    """Temperature and wind of one place.

    Attributes:
        latitude, longitude: In degrees north and east. [°]
        start_s: The file's hours, ascending.
        temperature_c, wind_ms: NaN in hours of which the file says nothing.
        shift_s: How much later than in the file everything happens. [s]
    """

    latitude: float
    longitude: float
    start_s: Instants
    temperature_c: Floats
    wind_ms: Floats
    shift_s: int = 0

    def later(self, shift_ms: int) -> Self:
        """Return the same weather, shifted by whole hours."""
        return replace(self, shift_s=self.shift_s + shift_ms // 1000)

    def told(self, at_s: Instants) -> Mapping[str, Floats]:
        """Return what the file tells of these whole hours; NaN elsewhere."""
        wanted = at_s - self.shift_s
        place = np.minimum(np.searchsorted(self.start_s, wanted), len(self) - 1)
        there = self.start_s[place] == wanted
        columns = {name: np.full(len(at_s), np.nan) for name in UNITS}
        for name, values in (
            (_TEMPERATURE, self.temperature_c),
            (_WIND, self.wind_ms),
        ):
            columns[name][there] = values[place[there]]
        return columns

    def __len__(self) -> int:
        return len(self.start_s)


def load(path: Path, place: tuple[float, float]) -> ReplayWeather:
    """Return the weather in the file at `path`.

    Args:
        place: Degrees north and east.

    Raises:
        ReplayError: A column or cell is missing or malformed.
    """
    start_s, celsius, wind = [], [], []
    for line, row in rows(path, ("timestamp_utc", "temp_c")):
        start_s.append(hour_ms(path, line, row["timestamp_utc"]) // 1000)
        cell = row["temp_c"]
        celsius.append(signed(path, line, "temp_c", cell) if cell else np.nan)
        cell = row.get("wind_ms", "")
        wind.append(number(path, line, "wind_ms", cell) if cell else np.nan)
    if not start_s or any(np.diff(start_s) < HOUR_S):
        raise ReplayError(f"{path}: timestamp_utc does not ascend, or no hours")
    return ReplayWeather(*place, np.array(start_s), np.array(celsius), np.array(wind))

"""The weather of consecutive or gappy hours at one place."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]

HOUR_S: Final = 3_600
VALUES: Final = (
    "temperature_c",
    "wind_10m_ms",
    "wind_80m_ms",
    "global_w_m2",
    "direct_w_m2",
    "diffuse_w_m2",
    "cloud_percent",
    "humidity_percent",
)
"""What is known of an hour, in the order of `Weather.values`."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A point on earth to the hundredth of a degree, which is finer than weather.

    Attributes:
        latitude, longitude: In degrees north and east. [°]
    """

    latitude: float
    longitude: float

    @property
    def name(self) -> str:
        """What tells this place from others."""
        return f"{self.latitude:.2f},{self.longitude:.2f}"


def place(latitude: float, longitude: float) -> Place:
    """Return the place of which weather is asked for a site at these degrees."""
    return Place(round(latitude, 2) + 0.0, round(longitude, 2) + 0.0)


def named(name: str) -> Place:
    """Return the place that has this name.

    Raises:
        ValueError: It is not the name of a place.
    """
    latitude, _, longitude = name.partition(",")
    return place(float(latitude), float(longitude))


@dataclass(frozen=True, slots=True, eq=False)
class Weather:
    """Hours, oldest first.

    Attributes:
        start_s: First instant of each hour, strictly ascending. [s since 1970 UTC]
        values: Means over each hour, a row for each of `VALUES`; NaN where nobody
            knows. Irradiance is global horizontal, direct normal, diffuse horizontal.
    """

    start_s: Instants
    values: Floats

    @classmethod
    def nothing(cls) -> Self:
        """Return no hour."""
        return cls(np.empty(0, dtype=np.int64), np.empty((len(VALUES), 0)))

    def __len__(self) -> int:
        return len(self.start_s)

    def __getitem__(self, name: str) -> Floats:
        values: Floats = self.values[VALUES.index(name)]
        return values

    def take(self, which: slice | NDArray[np.bool_] | NDArray[np.int64]) -> Self:
        """Return these hours only."""
        return type(self)(self.start_s[which], self.values[:, which])

    def on(self, start_s: Instants) -> "Weather":
        """Return the hours that begin at `start_s`; NaN where there is none."""
        found = np.full((len(VALUES), len(start_s)), np.nan)
        if len(self):
            place_of = np.searchsorted(self.start_s, start_s)
            place_of = np.minimum(place_of, len(self) - 1)
            known = self.start_s[place_of] == start_s
            found[:, known] = self.values[:, place_of[known]]
        return Weather(start_s, found)

"""What is known of each building after its files were read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a building stands, as far as it was said.

    Attributes:
        country, subdivision: Whose public holidays count; ISO 3166 codes.
    """

    zone: ZoneInfo
    country: str | None = None
    subdivision: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    floor_area_m2: float | None = None


@dataclass(frozen=True, slots=True)
class Building:
    """One building's consecutive hours, oldest first.

    Attributes:
        start_s: First instant of each hour, without gaps. [s since 1970 UTC]
        load_kw: Mean load, which is the energy of the hour in kWh; NaN where it is
            missing or left out.
        as_read_kw: The same before anything was left out.
        temperature_c: Outdoors; NaN where not known.
        weather: Further columns of the weather file by name, one value an hour.
        holidays: Public holidays of the years of `start_s`.
        complaints: What is wrong with the data or was left out, in plain words.
    """

    building_id: str
    place: Place
    start_s: Instants
    load_kw: Floats
    as_read_kw: Floats
    temperature_c: Floats
    weather: Mapping[str, Floats]
    holidays: frozenset[date]
    complaints: tuple[str, ...]

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the building."""
        return self.place.zone


@dataclass(frozen=True, slots=True)
class MeterFiles:
    """All that the files held.

    Attributes:
        buildings: In the order of their columns.
        unusable: Why a column is not among the buildings, by its name.
        complaints: What concerns a whole file.
    """

    buildings: tuple[Building, ...]
    unusable: Mapping[str, str]
    complaints: tuple[str, ...]

"""An array under the sun: where the sun stands, what falls on the modules.

Clear skies: Ineichen and Perez (2002), with monthly Linke turbidity; inclined planes:
Hay and Davies (1980); diffuse share of a global irradiance alone: Erbs, Klein and
Duffie (1982). All as pvlib computes them (Anderson et al., 2023).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cloud.domain.weather import HOUR_S, Instants

if TYPE_CHECKING:
    from pandas import DataFrame, DatetimeIndex

Floats = NDArray[np.float64]

_SAMPLES_S: Final = (450, 1350, 2250, 3150)
"""Where in an hour the sun is looked at. [s]"""
_YEAR_S: Final = 365.2425 * 86_400


@dataclass(frozen=True, slots=True)
class Array:
    """One plane of modules.

    Attributes:
        latitude, longitude: In degrees north and east. [°]
        tilt_deg: 0 lies flat. [°]
        azimuth_deg: From north over east. [°]
        capacity_kw: Under standard conditions, 1,000 W/m². [kW]
    """

    latitude: float
    longitude: float
    tilt_deg: float
    azimuth_deg: float
    capacity_kw: float


@dataclass(frozen=True, slots=True, eq=False)
class Sky:
    """The sun in each of some hours, means over the hour.

    Attributes:
        elevation_deg: Of the sun's centre above the horizon, at the middle. [°]
        azimuth_deg: From north over east. [°]
        clear_w_m2: On the modules under a clear sky. [W/m²]
        clear_global_w_m2: On the horizontal plane under a clear sky. [W/m²]
    """

    elevation_deg: Floats
    azimuth_deg: Floats
    clear_w_m2: Floats
    clear_global_w_m2: Floats

    @property
    def is_day(self) -> NDArray[np.bool_]:
        """Hours in whose middle the sun is up."""
        up: NDArray[np.bool_] = self.elevation_deg > 0
        return up


def sky(array: Array, start_s: Instants) -> Sky:
    """Return the sun in the hours that begin at `start_s`."""
    from pvlib import atmosphere, clearsky, irradiance, location

    falling, total = np.zeros(len(start_s)), np.zeros(len(start_s))
    if not len(start_s):
        return Sky(falling, falling, falling, falling)
    turbidity = _turbidity(array, start_s)
    altitude_m = location.lookup_altitude(array.latitude, array.longitude)
    pressure_pa = atmosphere.alt2pres(altitude_m)
    for sample_s in _SAMPLES_S:
        at = _index(start_s + sample_s)
        sun = _sun(array, at)
        relative = atmosphere.get_relative_airmass(sun["apparent_zenith"])
        clear = clearsky.ineichen(
            sun["apparent_zenith"],
            atmosphere.get_absolute_airmass(relative, pressure_pa),
            turbidity,
            altitude=altitude_m,
            dni_extra=irradiance.get_extra_radiation(_day(at)),
        ).fillna(0.0)
        parts = [clear[name].to_numpy() for name in ("ghi", "dni", "dhi")]
        falling += _on_plane(array, sun, at, parts) / len(_SAMPLES_S)
        total += parts[0] / len(_SAMPLES_S)
    middle = _sun(array, _index(start_s + HOUR_S // 2))
    elevation = middle["apparent_elevation"].to_numpy(dtype=np.float64)
    azimuth = middle["azimuth"].to_numpy(dtype=np.float64)
    return Sky(elevation, azimuth, falling, total)


def on_modules(
    array: Array, start_s: Instants, global_: Floats, direct: Floats, diffuse: Floats
) -> Floats:
    """Return what falls on the modules when this is told of the hours. [W/m²].

    Where only the global irradiance is known, its parts are estimated.
    """
    from pvlib import irradiance

    if not len(start_s):
        return np.empty(0)
    at = _index(start_s + HOUR_S // 2)
    sun = _sun(array, at)
    split = irradiance.erbs(global_, sun["zenith"].to_numpy(), _day(at))
    unknown = np.isnan(direct) | np.isnan(diffuse)
    parts = [
        global_,
        np.where(unknown, np.asarray(split["dni"]), direct),
        np.where(unknown, np.asarray(split["dhi"]), diffuse),
    ]
    falling = _on_plane(array, sun, at, parts)
    return np.where(np.isnan(global_), np.nan, falling)


def _turbidity(array: Array, start_s: Instants) -> Floats:
    """Return the Linke turbidity of the place, straight between middles of months."""
    import pandas as pd
    from pvlib import clearsky

    middles = pd.date_range("2001-01-15", periods=12, freq="30D", tz="UTC")
    of_month = clearsky.lookup_linke_turbidity(
        middles, array.latitude, array.longitude, interp_turbidity=False
    ).to_numpy()
    month = start_s / _YEAR_S * 12 % 12 - 0.5
    turbidity: Floats = np.interp(month, np.arange(12), of_month, period=12)
    return turbidity


def _on_plane(
    array: Array, sun: "DataFrame", at: "DatetimeIndex", parts: list[Floats]
) -> Floats:
    from pvlib import irradiance

    total, direct, diffuse = parts
    found = irradiance.get_total_irradiance(
        array.tilt_deg,
        array.azimuth_deg,
        sun["apparent_zenith"],
        sun["azimuth"],
        direct,
        total,
        diffuse,
        dni_extra=irradiance.get_extra_radiation(_day(at)),
        model="haydavies",
    )
    falling: Floats = np.nan_to_num(found["poa_global"].to_numpy(dtype=np.float64))
    return np.maximum(falling, 0.0)


def _sun(array: Array, at: "DatetimeIndex") -> "DataFrame":
    from pvlib import solarposition

    return solarposition.get_solarposition(
        at, array.latitude, array.longitude, method="nrel_numpy"
    )


def _day(at: "DatetimeIndex") -> Instants:
    """Return the day of the year of each instant."""
    return np.asarray(at.day_of_year, dtype=np.int64)


def _index(second: Instants) -> "DatetimeIndex":
    import pandas as pd

    return pd.to_datetime(second, unit="s", utc=True)

"""An answer of Open-Meteo's API, checked until it can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cloud.domain.weather import HOUR_S, VALUES, Instants, Place, Weather
from cloud.weather.provider import WeatherError

Floats = NDArray[np.float64]

_MOST_HOURS: Final = 400 * 24
_NEAR_DEG: Final = 0.5
"""Sources answer for a cell of their grid, not for the very place. [°]"""
_LIMITS: Final = {
    "°C": (-90.0, 60.0),
    "m/s": (0.0, 120.0),
    "W/m²": (-20.0, 1_600.0),
    "%": (0.0, 100.5),
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One of the hourly values.

    Attributes:
        name: As the source calls it.
        is_mean: Of the hour before its stamp; the others are of the instant.
    """

    name: str
    unit: str
    is_mean: bool = False


VARIABLES: Final[Mapping[str, Variable]] = {
    "temperature_c": Variable("temperature_2m", "°C"),
    "wind_10m_ms": Variable("wind_speed_10m", "m/s"),
    "wind_80m_ms": Variable("wind_speed_80m", "m/s"),
    "global_w_m2": Variable("shortwave_radiation", "W/m²", is_mean=True),
    "direct_w_m2": Variable("direct_normal_irradiance", "W/m²", is_mean=True),
    "diffuse_w_m2": Variable("diffuse_radiation", "W/m²", is_mean=True),
    "cloud_percent": Variable("cloud_cover", "%"),
    "humidity_percent": Variable("relative_humidity_2m", "%"),
}
"""What is asked for each of `VALUES`."""

_Column = Annotated[tuple[float | None, ...], Field(max_length=_MOST_HOURS)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    latitude: float
    longitude: float
    utc_offset_seconds: Literal[0]
    hourly_units: Mapping[str, str]
    hourly: Mapping[str, _Column]


@dataclass(frozen=True, slots=True)
class Document:
    """Columns of hourly values, as they were sent.

    Attributes:
        at_s: Stamp of each row, whole hours without a gap. [s since 1970 UTC]
    """

    at_s: Instants
    columns: Mapping[str, Floats]

    def weather(self, suffix: str = "") -> Weather:
        """Return means over hours; `suffix` tells one set of columns from another."""
        rows = []
        for value in VALUES:
            variable = VARIABLES[value]
            column = self.columns.get(variable.name + suffix)
            if column is None:
                rows.append(np.full(len(self.at_s) - 1, np.nan))
            elif variable.is_mean:
                rows.append(np.maximum(column[1:], 0.0))
            else:
                rows.append((column[:-1] + column[1:]) / 2)
        return Weather(self.at_s[:-1], np.stack(rows))


def read(
    body: bytes, place: Place, columns: Sequence[str], span_s: tuple[int, int]
) -> Document:
    """Return what `body` says.

    Args:
        place: The place that was asked for.
        columns: The variables that were asked for.
        span_s: First and last stamp that must be there.

    Raises:
        WeatherError: It is not such an answer; the message says what is wrong.
    """
    if not body.lstrip()[:1] == b"{":
        raise WeatherError(f"not JSON: it begins with {body[:40]!r}")
    try:
        document = _Document.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(map(str, found["loc"])) or "the answer"
        raise WeatherError(f"{field}: {found['msg']}") from error
    _require_place(document, place)
    at_s = _stamps(document, span_s)
    return Document(at_s, {name: _column(document, name) for name in columns})


def _require_place(document: _Document, place: Place) -> None:
    apart_deg = abs((document.longitude - place.longitude + 180) % 360 - 180)
    if max(abs(document.latitude - place.latitude), apart_deg) > _NEAR_DEG:
        raise WeatherError(
            f"latitude and longitude: {document.latitude},{document.longitude} is not"
            f" the place asked for, {place.name}"
        )


def _stamps(document: _Document, span_s: tuple[int, int]) -> Instants:
    if document.hourly_units.get("time") != "unixtime":
        raise WeatherError("hourly_units.time: not unixtime")
    times = document.hourly.get("time", ())
    if len(times) < 2 or any(at is None or at % HOUR_S for at in times):
        raise WeatherError("hourly.time: not whole hours")
    at_s = np.array(times, dtype=np.int64)
    if (np.diff(at_s) != HOUR_S).any():
        raise WeatherError("hourly.time: hours are missing or out of order")
    if at_s[0] > span_s[0] or at_s[-1] < span_s[1]:
        raise WeatherError("hourly.time: not all hours that were asked for")
    return at_s


def _column(document: _Document, name: str) -> Floats:
    plain = name.partition("_previous_")[0]
    unit = next(each.unit for each in VARIABLES.values() if each.name == plain)
    if document.hourly_units.get(name) != unit:
        told = document.hourly_units.get(name)
        raise WeatherError(f"hourly_units.{name}: {told!r}, wanted is {unit}")
    column = np.array(document.hourly.get(name, ()), dtype=np.float64)
    if len(column) != len(document.hourly["time"]):
        raise WeatherError(f"hourly.{name}: not one value for each hour")
    low, high = _LIMITS[unit]
    if ((column < low) | (column > high)).any():
        raise WeatherError(
            f"hourly.{name}: values outside of {low:g} to {high:g} {unit}"
        )
    return column

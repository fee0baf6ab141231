"""The weather of a site as gateways are told it: what was, and what was forecast when.

Hours are whole UTC hours, named by their first instant; values are means over them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

FORMAT: Final = 1
HOUR_S: Final = 3_600
MEASURED_HOURS: Final = 192
"""Hours of the past that a forecast's inputs reach back to."""
LEAD_HOURS: Final = 24

_MOST_HOURS: Final = 400
_COLDEST_C: Final = -90.0
_HOTTEST_C: Final = 60.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Temperatures:
    """Outdoor temperatures of consecutive hours.

    Attributes:
        start_s: First instant of the first hour. [s since 1970 UTC]
        temperature_c: Mean of each hour; NaN where nobody knows. [°C]
    """

    start_s: int
    temperature_c: Floats

    def to_json(self) -> dict[str, object]:
        """Return the hours as JSON values, null where nobody knows."""
        values = [round(c, 2) if isfinite(c) else None for c in self.temperature_c]
        return {"start_s": self.start_s, "temperature_c": values}

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return the hours in `raw`.

        Raises:
            ValueError: A field is missing, malformed or out of range.
        """
        match raw:
            case {"start_s": int(start_s), "temperature_c": [*values]}:
                if start_s < 0 or start_s % HOUR_S:
                    raise ValueError(f"start_s: {start_s} is not a whole hour")
                if len(values) > _MOST_HOURS:
                    raise ValueError(f"temperature_c: more than {_MOST_HOURS} hours")
                return cls(start_s, np.array([_celsius(value) for value in values]))
        raise ValueError("hours have start_s and temperature_c")

    def between(self, from_s: int, count: int) -> Floats:
        """Return `count` hours from the whole hour `from_s`; NaN outside of these."""
        place = (from_s - self.start_s) // HOUR_S + np.arange(count)
        inside = (place >= 0) & (place < len(self.temperature_c))
        found = np.full(count, np.nan)
        found[inside] = self.temperature_c[place[inside]]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class SiteWeather:
    """What the cloud tells a gateway of the weather at its site.

    Attributes:
        source: Who said so: `open_meteo`, `simulator`, or `climatology` when the
            forecast is no more than what is usual at this time of the year.
        issued_s: When the forecast was made. [s since 1970 UTC]
        measured: Hours that were over by then.
        forecast: Hours from the one in which it was made.
    """

    source: str
    issued_s: int
    measured: Temperatures
    forecast: Temperatures

    @property
    def is_climatology(self) -> bool:
        """Whether the forecast is no more than what is usual."""
        return self.source == "climatology"

    def measured_c(self, at_s: int, count: int = MEASURED_HOURS) -> Floats:
        """Return the hours before `at_s`, the newest first; NaN where not known.

        Only hours that are over count, so within an hour these stay as they are. Where
        the measured ones end too early, the forecast made then goes on.
        """
        first = at_s // HOUR_S * HOUR_S - count * HOUR_S
        known = self.measured.between(first, count)
        if at_s >= self.issued_s:
            expected = self.forecast.between(first, count)
            known = np.where(np.isnan(known), expected, known)
        return known[::-1]

    def forecast_c(self, at_s: int, count: int = LEAD_HOURS) -> Floats:
        """Return the hours after `at_s`, as forecast; NaN where there is none.

        Each is the mean of the two whole hours it lies in, by their shares.
        """
        if at_s < self.issued_s:
            return np.full(count, np.nan)
        first = at_s // HOUR_S * HOUR_S
        return blended(self.forecast.between(first, count + 1), at_s - first)

    def to_bytes(self) -> bytes:
        """Return the weather as JSON."""
        raw = {
            "format": FORMAT,
            "source": self.source,
            "issued_s": self.issued_s,
            "measured": self.measured.to_json(),
            "forecast": self.forecast.to_json(),
        }
        return json.dumps(raw, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return the weather in `raw`; fields it does not know are passed over.

        Raises:
            ValueError: Not JSON, or a field is missing, malformed or out of range.
        """
        match json.loads(raw):
            case {
                "format": 1,
                "source": str(source),
                "issued_s": int(issued_s),
                "measured": measured,
                "forecast": forecast,
            }:
                return cls(
                    source,
                    issued_s,
                    Temperatures.from_json(measured),
                    Temperatures.from_json(forecast),
                )
        raise ValueError(
            "weather has format 1, source, issued_s, measured and forecast"
        )


def blended(hours: Floats, past_s: int | NDArray[np.int64]) -> Floats:
    """Return means over hours that begin `past_s` after whole ones.

    Args:
        hours: Means of consecutive whole hours, one more than wanted, last axis.
        past_s: How far into the first whole hour the first one begins, for each row of
            hours. [s]
    """
    share = np.asarray(past_s)[..., None] / HOUR_S
    first, second = hours[..., :-1], hours[..., 1:]
    return np.where(share == 0, first, (1 - share) * first + share * second)


def temperatures(start_s: int, celsius: Sequence[float]) -> Temperatures:
    """Return consecutive hours from `start_s`."""
    return Temperatures(start_s, np.asarray(celsius, dtype=np.float64))


def _celsius(value: object) -> float:
    match value:
        case None:
            return float("nan")
        case bool():
            pass
        case int() | float() if _COLDEST_C <= value <= _HOTTEST_C:
            return float(value)
    raise ValueError(f"temperature_c: not a temperature in °C: {str(value)[:40]}")

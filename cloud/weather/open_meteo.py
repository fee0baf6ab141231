"""Open-Meteo's API, and whoever else speaks it.

Source: open-meteo.com, documentation of the Weather Forecast and the Previous Runs API.
Weather data by Open-Meteo.com, CC BY 4.0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import numpy as np

from cloud.domain.weather import HOUR_S, Place, Weather
from cloud.weather import http
from cloud.weather.document import VARIABLES, Document, read
from cloud.weather.provider import Answer, Past, WeatherError

DAYS_AHEAD: Final = 3
"""Days ahead that a forecast must cover. [d]"""
MOST_DAYS_BEFORE: Final = 92

_DAY_S: Final = 24 * HOUR_S
_DAY_BEFORE: Final = "_previous_day1"
_NEEDED_HOURS: Final = 60  # less than asked for: it may be another day there
_NOW: Final = tuple(variable.name for variable in VARIABLES.values())
_THEN: Final = tuple(name for name in _NOW if name != "wind_speed_80m")
"""What the archive of earlier forecasts has."""


@dataclass(frozen=True, slots=True)
class OpenMeteo:
    """A server of Open-Meteo's API.

    Attributes:
        source: What it is called where its weather is kept.
        url: Address of the forecasts, up to its version.
        past_url: Address of earlier forecasts.
        key: For customers.
    """

    source: str
    url: str
    past_url: str
    key: str = field(default="", repr=False)

    def ask(self, place: Place, now_s: int, days_before: int) -> Answer:
        """Return the last days and the next three.

        Raises:
            WeatherError: It gave nothing that can be used.
        """
        days_before = min(days_before, MOST_DAYS_BEFORE)
        span_s = now_s - (days_before - 1) * _DAY_S, now_s + _NEEDED_HOURS * HOUR_S
        days = {"past_days": str(days_before), "forecast_days": str(DAYS_AHEAD + 1)}
        weather = self._ask(self.url, place, _NOW, days, span_s).weather()
        is_over = weather.start_s + HOUR_S <= now_s
        ahead = weather.take(~is_over)
        if np.isnan(ahead["temperature_c"][:_NEEDED_HOURS]).any():
            raise WeatherError("hourly.temperature_2m: hours ahead are empty")
        return Answer(weather.take(is_over), ahead)

    def ask_past(self, place: Place, from_s: int, to_s: int) -> Past:
        """Return the hours that begin in ``[from_s, to_s)``; where empty, none.

        Raises:
            WeatherError: It gave nothing that can be used.
        """
        first_s, last_s = from_s // _DAY_S * _DAY_S, to_s // _DAY_S * _DAY_S
        days = {"start_date": _date(first_s), "end_date": _date(last_s)}
        columns = (*_THEN, *(name + _DAY_BEFORE for name in _THEN))
        span_s = first_s, last_s + _DAY_S - HOUR_S
        document = self._ask(self.past_url, place, columns, days, span_s)
        wanted = slice((from_s - first_s) // HOUR_S, (to_s - first_s) // HOUR_S)
        return Past(
            _known(document.weather().take(wanted)),
            _known(document.weather(_DAY_BEFORE).take(wanted)),
        )

    def _ask(
        self,
        url: str,
        place: Place,
        columns: Sequence[str],
        days: Mapping[str, str],
        span_s: tuple[int, int],
    ) -> Document:
        parameters = {
            "latitude": f"{place.latitude:.2f}",
            "longitude": f"{place.longitude:.2f}",
            "hourly": ",".join(columns),
            **days,
            "timezone": "GMT",
            "timeformat": "unixtime",
            "wind_speed_unit": "ms",
        }
        if self.key:
            parameters["apikey"] = self.key
        body = http.get(f"{url}/v1/forecast", parameters)
        return read(body, place, columns, span_s)


def _known(weather: Weather) -> Weather:
    return weather.take(np.isfinite(weather["temperature_c"]))


def _date(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).date().isoformat()

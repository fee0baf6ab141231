"""What was known of the temperature at each of many instants, and nothing later."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.domain.weather import HOUR_S, Instants, Weather
from contract.weather import LEAD_HOURS, MEASURED_HOURS, blended

Floats = NDArray[np.float64]

_SHIFT: Final = 32  # instants in seconds fit below it until the year 2106


def measured_c(hours: Weather, at_s: Instants, count: int = MEASURED_HOURS) -> Floats:
    """Return the hours before each instant, the newest first. [°C].

    Only hours that are over count; NaN where nothing is known.
    """
    last_s = at_s // HOUR_S * HOUR_S
    wanted_s = last_s[:, None] - HOUR_S * np.arange(1, count + 1)
    found = hours.on(wanted_s.ravel())["temperature_c"]
    return found.reshape(wanted_s.shape)


def forecast_c(
    issued_s: Instants, forecasts: Weather, at_s: Instants, count: int = LEAD_HOURS
) -> Floats:
    """Return the hours after each instant as they were forecast by then. [°C].

    Of each hour the newest forecast issued at the instant or before it counts; NaN
    where there was none.

    Args:
        issued_s: When each of `forecasts` was issued.
        forecasts: Ascending by hour and then by issue.
    """
    first_s = at_s // HOUR_S * HOUR_S
    wanted_s = first_s[:, None] + HOUR_S * np.arange(count + 1)
    place = newest(issued_s, forecasts.start_s, wanted_s, at_s[:, None])
    found = np.full(wanted_s.shape, np.nan)
    found[place >= 0] = forecasts["temperature_c"][place[place >= 0]]
    return blended(found, at_s - first_s)


def newest(
    issued_s: Instants, start_s: Instants, wanted_s: Instants, at_s: Instants
) -> Instants:
    """Return the place of the newest forecast of each hour by then; -1 for none.

    Args:
        issued_s, start_s: Of the forecasts, ascending by start and then by issue.
        wanted_s: Starts of the hours.
        at_s: When each is asked for; later forecasts do not count.
    """
    keys = _key(start_s, issued_s)
    place = np.searchsorted(keys, _key(wanted_s, at_s), side="right") - 1
    if not len(keys):
        return place
    return np.where((place >= 0) & (start_s[place] == wanted_s), place, -1)


def _key(start_s: Instants, issued_s: Instants) -> Instants:
    key: Instants = (start_s // HOUR_S << _SHIFT) | issued_s
    return key

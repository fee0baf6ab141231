"""The forecasts that anybody can make; a model that does no better is not used."""

from typing import Final

import numpy as np

from contract.calendar import Calendar
from contract.lags import Targets, targets
from contract.origins import Floats, Origins, mean_known

NAIVE_DAY: Final = "naive_day"
NAIVE_WEEK: Final = "naive_week"
SEASONAL_NAIVE: Final = "seasonal_naive"
LAST_HOUR: Final = "last_hour"

NAIVE: Final = (NAIVE_DAY, NAIVE_WEEK, SEASONAL_NAIVE, LAST_HOUR)
"""Same hour yesterday and last week, mean of that hour's last four weeks, last hour."""

_WEEKS: Final = 4


def naive_kw(origins: Origins, calendar: Calendar, lead_hours: int) -> Floats:
    """Return the naive forecasts in kW, `n` origins × `lead_hours` × `NAIVE`.

    NaN where what a forecast repeats is not known.
    """
    return naive_of(targets(origins, calendar, lead_hours))


def naive_of(hours: Targets) -> Floats:
    """Return the naive forecasts of `hours` in kW, as `naive_kw` does."""
    weeks = np.stack([hours.days_before(7 * week) for week in range(1, _WEEKS + 1)], -1)
    last = np.broadcast_to(hours.origins.load_kw[:, :1], hours.start_s.shape)
    return np.stack(
        (hours.days_before(1), weeks[..., 0], mean_known(weeks), last), axis=-1
    )

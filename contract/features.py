"""The one definition of a forecast's input row, for training, backtest and gateway."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

VERSION: Final = 1
"""Rises whenever a row would come out differently."""

NEXT_HOUR: Final = (
    "hour",
    "day_of_week",
    "average_temperature_c",
    "occupancy_rate",
    "last_hour_load_kw",
)
"""Columns of `next_hour_matrix`, in order."""

Floats = NDArray[np.float64]


def next_hour_matrix(
    origin_s: NDArray[np.int64],
    zone: ZoneInfo,
    temperature_c: Floats,
    occupancy_rate: Floats,
    last_hour_load_kw: Floats,
) -> NDArray[np.float32]:
    """Return the rows from which the mean load of the hour after each origin follows.

    Nothing here is later than its origin.

    Args:
        origin_s: Origins of the forecasts. [s since 1970 UTC]
        zone: The site's time zone; hour and weekday are local.
        temperature_c: Mean over the hour before the origin. [°C]
        occupancy_rate: Mean over the hour before the origin, 0 to 1.
        last_hour_load_kw: Mean power over the hour before the origin. [kW]

    Returns:
        One row for each origin, columns as in `NEXT_HOUR`.
    """
    local = [
        datetime.fromtimestamp(int(second), UTC).astimezone(zone) for second in origin_s
    ]
    hour = [at.hour for at in local]
    weekday = [at.weekday() for at in local]
    columns = (hour, weekday, temperature_c, occupancy_rate, last_hour_load_kw)
    return np.column_stack(columns).astype(np.float32)

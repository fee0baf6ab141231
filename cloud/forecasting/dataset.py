"""What a node's model is trained on: rows of features with the load that followed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.next_hour import Hours
from contract.features import seed_next_hour_rows

LONGEST: Final = timedelta(days=400)
"""History older than this is not trained on."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Complete rows only, oldest first.

    Attributes:
        origin_s: The instant of each forecast. [s since 1970 UTC]
        matrix: One row for each origin, columns as in `SEED_NEXT_HOUR`.
        target_kw: Mean load of the hour that followed. [kW]
        last_hour_kw: Mean load of the hour before: the naive forecast. [kW]
        without_load: Origins left out because the load before or after is not known.
        without_climate: Origins left out because only the temperature or occupancy of
            the hour before is not known.
    """

    origin_s: NDArray[np.int64]
    matrix: NDArray[np.float32]
    target_kw: NDArray[np.float64]
    last_hour_kw: NDArray[np.float64]
    without_load: int
    without_climate: int

    def __len__(self) -> int:
        return len(self.origin_s)


def dataset(hours: Hours, zone: ZoneInfo) -> Dataset:
    """Return the training rows in `hours`; a row with anything missing is left out."""
    has_load = np.isfinite(hours.last_hour_load_kw + hours.next_hour_load_kw)
    complete = has_load & hours.has_features
    origin_s = hours.origin_s[complete]
    last_hour_kw = hours.last_hour_load_kw[complete]
    return Dataset(
        origin_s=origin_s,
        matrix=seed_next_hour_rows(
            origin_s,
            zone,
            hours.temperature_c[complete],
            hours.occupancy_rate[complete],
            last_hour_kw,
        ),
        target_kw=hours.next_hour_load_kw[complete],
        last_hour_kw=last_hour_kw,
        without_load=int((~has_load).sum()),
        without_climate=int((has_load & ~complete).sum()),
    )


def span(now: datetime) -> tuple[int, int]:
    """Return the first and last second of the history to train on."""
    return int((now - LONGEST).timestamp()), int(now.timestamp())

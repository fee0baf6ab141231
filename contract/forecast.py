"""One forecast, with what it was made of, so that it can be judged later."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from contract.origins import Floats

_ABOUT: Final = 3  # numbers that concern the whole forecast
_TOLD: Final = 4  # mean and three quantiles
_BLENDS: Final = 2
_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Forecast:
    """Mean loads in kW of the hours after an origin, first hour first.

    Attributes:
        origin_s: When it was made. [s since 1970 UTC]
        mean_kw: The one value to use where one is needed.
        p10_kw, p50_kw, p90_kw: Quantiles; they never cross.
        scale_kw: What `said` and `blends` are multiplied by.
        said: What each expert said, hours × (members, then `NAIVE`); NaN unknown.
        blends: What the members said together, and the naive forecasts, hours × 2.
        first_hour: The hour on the wall at the origin, 0 to 23.
    """

    origin_s: int
    mean_kw: Floats
    p10_kw: Floats
    p50_kw: Floats
    p90_kw: Floats
    scale_kw: float
    said: Floats
    blends: Floats
    first_hour: int

    def to_row(self) -> Floats:
        """Return everything in one row of `row_size` numbers."""
        about = [self.origin_s, self.scale_kw, self.first_hour]
        told = self.mean_kw, self.p10_kw, self.p50_kw, self.p90_kw
        row: Floats = np.hstack((about, *told, self.blends.ravel(), self.said.ravel()))
        return row

    @classmethod
    def of_row(cls, row: Floats, leads: int) -> Self:
        """Return the forecast of `leads` hours in a row.

        Raises:
            ValueError: What is told is no number.
        """
        certain = _ABOUT + _TOLD * leads
        if not np.isfinite(row[:certain]).all():
            raise ValueError("pending holds what is no number")
        mean, low, middle, high = row[_ABOUT:certain].reshape(_TOLD, leads)
        blends, said = np.split(row[certain:], [_BLENDS * leads])
        return cls(
            origin_s=int(row[0]),
            mean_kw=mean,
            p10_kw=low,
            p50_kw=middle,
            p90_kw=high,
            scale_kw=float(row[1]),
            said=said.reshape(leads, -1),
            blends=blends.reshape(leads, -1),
            first_hour=int(row[2]) % _HOURS,
        )


def row_size(leads: int, experts: int) -> int:
    """Return how many numbers the row of such a forecast has."""
    return _ABOUT + leads * (_TOLD + _BLENDS + experts)

"""One forecast as it is told: the next hour, the next 24, and their quarter hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from contract.forecast_status import Four
from contract.origins import Floats
from contract.promise import Promise
from contract.quarters import QUARTERS, quarter_kw
from contract.track import Forecast
from gateway.forecaster.known import LOAD, QUARTER_S, Known
from gateway.forecaster.runner import Said

_FLAT: Final = np.ones((2, QUARTERS))
_LOOK_BACK: Final = 14 * QUARTERS
_LEVEL: Final = 0.8
_SMALLEST_KW: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is told from one origin on.

    Attributes:
        origin_s: Where the first hour begins. [s since 1970 UTC]
        day_ahead: Hour by hour.
        quarters: Mean, 10, 50 and 90 % quantile of 96 quarter hours; the means of four
            add up to their hour's. [kW]
    """

    origin_s: int
    next_hour: Four
    day_ahead: tuple[Four, ...]
    quarters: tuple[Four, ...]

    @property
    def peak(self) -> tuple[int, Four]:
        """The hour with the highest load: when it begins, and its forecast."""
        place = max(range(len(self.day_ahead)), key=lambda hour: self.day_ahead[hour])
        return self.origin_s + 3_600 * place, self.day_ahead[place]

    def details(self) -> dict[str, object]:
        """Return what a person at the gateway is told beside the status."""
        peak_s, peak = self.peak
        return {
            "peak": {"start_s": peak_s, "kw": _rounded(peak)},
            "quarters": [_rounded(each) for each in self.quarters],
        }


def outlook(said: Said, known: Known, promise: Promise | None) -> Outlook:
    """Return what is told of a forecast.

    Args:
        promise: Of the model that made it; None for the naive forecasts.
    """
    day = said.day_ahead
    return Outlook(
        day.origin_s,
        _fours(said.next_hour)[0],
        _fours(day),
        _quarters(day, known, promise),
    )


def _fours(forecast: Forecast) -> tuple[Four, ...]:
    columns = forecast.mean_kw, forecast.p10_kw, forecast.p50_kw, forecast.p90_kw
    return _rows(columns)


def _rows(columns: Sequence[Floats]) -> tuple[Four, ...]:
    return tuple(
        (float(mean), float(low), float(middle), float(high))
        for mean, low, middle, high in zip(*columns, strict=True)
    )


def _quarters(day: Forecast, known: Known, promise: Promise | None) -> tuple[Four, ...]:
    """Return the hours spread by the usual course, their intervals widened by its miss.

    What an hour and what its course miss are taken for independent: their squares add.
    """
    shape = _FLAT if promise is None else np.array(promise.quarter_shape)
    calendar, origin_s = known.site.calendar, day.origin_s
    mean = quarter_kw(day.mean_kw, origin_s, calendar, shape)
    miss_kw = (
        _miss_kw(known, origin_s)
        if promise is None
        else (promise.quarter_miss * day.scale_kw)
    )
    share = np.abs(mean) / np.maximum(np.abs(np.repeat(day.mean_kw, 4)), _SMALLEST_KW)
    share = np.where(np.isfinite(share) & (share > 0), share, 1.0)
    below = share * np.repeat(day.p50_kw - day.p10_kw, 4)
    above = share * np.repeat(day.p90_kw - day.p50_kw, 4)
    middle = mean + share * np.repeat(day.p50_kw - day.mean_kw, 4)
    low, high = middle - np.hypot(below, miss_kw), middle + np.hypot(above, miss_kw)
    return _rows((mean, low, middle, high))


def _miss_kw(known: Known, origin_s: int) -> float:
    """Return what 80 % of the last quarter hours stay within, around their hour."""
    rows = known.quarters.rows(origin_s - QUARTER_S * _LOOK_BACK, _LOOK_BACK)
    hours = rows[:, LOAD].reshape(-1, 4)
    missed = np.abs(hours - hours.mean(axis=1, keepdims=True))
    missed = missed[np.isfinite(missed)]
    return float(np.quantile(missed, _LEVEL)) if len(missed) else 0.0


def _rounded(four: Four) -> list[float]:
    return [round(kw, 3) for kw in four]

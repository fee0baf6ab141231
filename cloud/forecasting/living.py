"""Living through a time that is over: forecast, wait, judge, learn, as if it came."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from cloud.forecasting.members import Members
from cloud.forecasting.series import Series
from cloud.forecasting.table import Table
from contract.naive import NAIVE
from contract.origins import Floats
from contract.track import Forecast, Track

_SMALLEST_KW: Final = 1e-6


def lived(
    series: Series,
    own: Table,
    track: Track,
    members: Members | None,
    span_s: tuple[int, int],
) -> list[Forecast]:
    """Return the forecasts from the origins of `own` within `span_s`, first included.

    Args:
        series: What is known before each origin, and what is judged by.
        own: Rows of the same series.
        track: Learns from them; its members are those of `members`.
        members: What answers; None for the naive forecasts alone.
        span_s: From and until when. [s since 1970 UTC]
    """
    leads = own.target.shape[1]
    first, last = np.searchsorted(own.at_s, span_s)
    if first == last:
        return []
    rows = own.rows[first:last].reshape(-1, own.rows.shape[2])
    said = np.empty((len(rows), 0)) if members is None else members.predict(rows)
    outputs = said.astype(np.float32).reshape(last - first, leads, -1)
    origins = series.origins(own.places[first:last])
    if own.past_hours is not None:
        origins = origins.within(own.past_hours[first:last])
    starts_s, made = series.starts_s, []
    for place, output in enumerate(outputs):
        hour = own.places[first + place]
        track.judge(starts_s[:hour], series.load_kw[:hour])
        one = origins.take(slice(place, place + 1))
        forecast = track.predict(one, series.calendar, output)
        if forecast is not None:
            made.append(forecast)
            track.keep(forecast)
    return made


def errors_percent(series: Series, made: Sequence[Forecast]) -> tuple[float, float]:
    """Return the CV(RMSE) of forecasts and of the best naive ones, on the same hours.

    NaN where nothing can be compared. [%]
    """
    found = []
    for naive in range(len(NAIVE)):
        pairs = [_compared(series, each, naive) for each in made]
        if pairs and (both := np.hstack(pairs)).size:
            mean_kw = max(abs(float(both[0].mean())), _SMALLEST_KW)
            missed = [np.sqrt(np.mean((both[0] - each) ** 2)) for each in both[1:]]
            found.append((100 * missed[1] / mean_kw, 100 * missed[0] / mean_kw))
    if not found:
        return float("nan"), float("nan")
    best, ours_then = min(found)
    return float(ours_then), float(best)


def _compared(series: Series, made: Forecast, naive: int) -> Floats:
    """Return what was measured, ours and the naive one, where all are known."""
    leads = len(made.mean_kw)
    place = np.array([(made.origin_s - series.start_s) // 3_600])
    measured = series.measured_kw(place, leads)[0]
    theirs = made.said[:, naive - len(NAIVE)] * made.scale_kw
    known = np.isfinite(measured + theirs)
    return np.stack((measured, made.mean_kw, theirs))[:, known]

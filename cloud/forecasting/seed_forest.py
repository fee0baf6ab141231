"""The random forest on five features as a model that can be published."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.analytics.next_hour import hours
from cloud.analytics.origins import means
from cloud.forecasting.dataset import Dataset, dataset
from cloud.forecasting.export import TOLERANCE_KW, largest_difference_kw, to_onnx
from cloud.forecasting.fitted import (
    Fitted,
    Measured,
    ParityError,
    Part,
    TooLittleHistoryError,
)
from cloud.forecasting.quarter_course import quarter_shape
from cloud.forecasting.train import HELD_OUT, fit
from contract.features import SEED_NEXT_HOUR
from contract.naive import naive_kw
from contract.origins import Floats, Origins, scale_kw
from contract.track import Track

FEWEST_ROWS: Final = 60
"""Rows without which nothing is trained: not quite three days of hours."""
MEMBER: Final = "seed_forest"

_HOUR_S: Final = 3_600
_LIVED_HOURS: Final = 28 * 24


def fit_seed_forest(node: Measured) -> Fitted:
    """Return the forest that forecasts the next hour of one node.

    Raises:
        TooLittleHistoryError: There are too few complete hours; the message says why.
        ParityError: The file does not compute what the forest does.
    """
    rows = dataset(hours(node.history), node.calendar.zone)
    left_out = (
        f"{rows.without_load} without load",
        f"{rows.without_climate} without climate",
    )
    if len(rows) < FEWEST_ROWS:
        raise TooLittleHistoryError(
            f"{len(rows)} complete rows of at least {FEWEST_ROWS};"
            f" left out: {', '.join(left_out)}"
        )
    forest = fit(rows.matrix, rows.target_kw)
    onnx = to_onnx(forest)
    difference_kw = largest_difference_kw(forest, onnx, rows.matrix)
    if difference_kw > TOLERANCE_KW:
        raise ParityError(f"ONNX differs from scikit-learn by {difference_kw:.3g} kW")
    track, error, naive_error = _lived(rows, node)
    return Fitted(
        next_hour=Part(
            1, onnx, SEED_NEXT_HOUR, (MEMBER,), track.to_bytes(), error, naive_error
        ),
        day_ahead=None,
        quarter_shape=quarter_shape(node.history, node.calendar),
        trained_from_s=int(rows.origin_s[0]),
        trained_to_s=int(rows.origin_s[-1]) + _HOUR_S,
        rows=len(rows),
        left_out=left_out,
    )


def _lived(rows: Dataset, node: Measured) -> tuple[Track, float, float]:
    """Return the track of the last part, as if lived, and its errors in percent.

    The forest of it is trained on what was over before.
    """
    tested = _tested(rows)
    at_s, measured_kw = rows.origin_s[tested], rows.target_kw[tested]
    over = rows.origin_s + _HOUR_S <= at_s[0]
    said_kw = fit(rows.matrix[over], rows.target_kw[over]).predict(rows.matrix[tested])
    origins = Origins.of_load(at_s, means(node.history).past_kw(at_s))
    outputs = (said_kw / scale_kw(origins)).astype(np.float32).reshape(-1, 1, 1)
    track = Track((MEMBER,), 1)
    for place in range(len(at_s)):
        track.judge(at_s[:place], measured_kw[:place])
        one = origins.take(slice(place, place + 1))
        made = track.predict(one, node.calendar, outputs[place])
        if made is not None:
            track.keep(made)
    track.judge(at_s, measured_kw)
    naive = naive_kw(origins, node.calendar, 1)[:, 0]
    return track, *_errors_percent(said_kw, naive, measured_kw)


def _tested(rows: Dataset) -> NDArray[np.int64]:
    """Return the places of the newest part, one for each hour."""
    newest = np.arange(int(len(rows) * (1 - HELD_OUT)), len(rows))
    phase = rows.origin_s[newest] % _HOUR_S
    hourly: NDArray[np.int64] = newest[phase == phase[-1]]
    return hourly[-_LIVED_HOURS:]


def _errors_percent(
    said_kw: Floats, naive_kw: Floats, measured_kw: Floats
) -> tuple[float, float]:
    """Return the forest's CV(RMSE) and that of the best naive forecast, same hours."""
    found = []
    for column in naive_kw.T:
        known = np.isfinite(column)
        if known.any():
            measured = measured_kw[known]
            naive = _cv_rmse_percent(column[known], measured)
            found.append((naive, _cv_rmse_percent(said_kw[known], measured)))
    naive, ours = min(found)
    return ours, naive


def _cv_rmse_percent(said_kw: Floats, measured_kw: Floats) -> float:
    mean_kw = max(abs(float(measured_kw.mean())), 1e-6)
    return float(100 * np.sqrt(np.mean((said_kw - measured_kw) ** 2)) / mean_kw)

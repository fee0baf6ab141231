"""Slow drift: a base load that creeps up for weeks, and not with the weather."""

from typing import Final, NamedTuple

import numpy as np

from cloud.analytics.anomaly.course import Clock, Course, Flags, Floats, Instants
from cloud.analytics.anomaly.episode import Episode, Kind, confidence
from cloud.analytics.anomaly.night import NIGHT_H
from cloud.analytics.anomaly.robust import NORMAL, mean_known

WINDOW_DAYS: Final = 91
"""History that a drift is looked for in."""
RAMPS_DAYS: Final = (21, 28, 35, 42)
"""How long a rise may have taken so far."""

_STEPS_DAYS: Final = tuple(range(4, 45, 4))
_SHARE: Final = 0.12
_SCORE: Final = 3.0
_IN_A_ROW: Final = 5
_FEWEST_DAYS: Final = 35
_FIRST_DAY: Final = 56
_PAUSE_DAYS: Final = 21
_HEATED_BELOW_C: Final = 12.0
_COOLED_ABOVE_C: Final = 16.0
_PRIOR: Final = (1e-6, 0.01, 0.01, 0.3, 0.3, 0.3)
_ROUNDS: Final = 3
_HUBER: Final = 1.5
_MOST_ALIKE: Final = 0.9


class _Rise(NamedTuple):
    """What the nights before a day say of a rise that lasts until then.

    Attributes:
        share: Of the mean load.
        score: 1 where it is only just told.
    """

    day: int
    ramp_days: int
    share: float
    score: float
    rise_kw: float


def drifts(course: Course, clock: Clock, usable: Flags, factor: float) -> list[Episode]:
    """Return the drifts of the load between midnight and five.

    A robust regression over 13 weeks explains the nights by kind of day and by degrees
    below 12 °C and above 16 °C, with a rise over the last three to six weeks as one
    more term. A drift is told when that rise has been more than 12 % of the mean load
    and three of its standard errors (widened for the likeness of neighbouring nights)
    on five days in a row, and no sudden step explains the nights better: a level that
    jumps is a change of use.

    Args:
        usable: Days whose night counts.
        factor: How much larger than usual a rise must be; 1 unless feedback says more.
    """
    rows = clock.by_day(course.load_kw)
    night = slice(0, NIGHT_H.stop * clock.slots // 24)
    night_kw = np.where(usable, mean_known(rows[:, night], 0.6), np.nan)
    mean_kw = mean_known(rows, 0.8)
    columns = _columns(clock, mean_known(clock.by_day(course.temperature_c), 0.5))
    found: list[_Rise] = []
    in_a_row = 0
    for day in range(_FIRST_DAY, clock.day_count + 1):
        window = np.arange(max(0, day - WINDOW_DAYS), day)
        scale_kw = _mean(mean_kw[window])
        window = window[np.isfinite(night_kw[window])]
        if len(window) < _FEWEST_DAYS or not scale_kw > 0:
            continue
        rise = _rise(day, window, columns[window], night_kw[window] / scale_kw)
        in_a_row = in_a_row + 1 if rise is not None and rise.score > factor else 0
        if rise is not None and in_a_row >= _IN_A_ROW:
            found.append(rise._replace(rise_kw=rise.share * scale_kw))
    return _episodes(course, clock, found)


def _columns(clock: Clock, temperature_c: Floats) -> Floats:
    """Return what explains a night: kind of day before and after, and the weather."""
    free = clock.is_free.astype(np.float64)
    known = np.where(np.isfinite(temperature_c), temperature_c, _HEATED_BELOW_C)
    return np.column_stack(
        (
            np.ones(len(free)),
            free,
            np.concatenate(([0.0], free[:-1])),
            clock.is_holiday,
            np.maximum(_HEATED_BELOW_C - known, 0) / 10,
            np.maximum(known - _COOLED_ABOVE_C, 0) / 10,
        )
    )


def _rise(day: int, window: Instants, columns: Floats, load: Floats) -> _Rise | None:
    """Return the rise that explains the nights before `day` best, if any does."""
    age = day - window
    ramps = [np.clip(1 - age / ramp, 0, 1) for ramp in RAMPS_DAYS]
    steps = [(age <= step).astype(np.float64) for step in _STEPS_DAYS]
    fits = _fit(columns, np.array([*ramps, *steps]), load)
    count = len(ramps)
    smooth = fits.misfit[:count] < fits.misfit[count:].min()
    over = np.minimum(fits.share / _SHARE, fits.score / _SCORE)[:count]
    best = int(np.argmax(np.where(smooth, over, -np.inf)))
    if not smooth[best]:
        return None
    return _Rise(day, RAMPS_DAYS[best], float(fits.share[best]), float(over[best]), 0.0)


class _Fits(NamedTuple):
    """One entry for each further term that was tried.

    Attributes:
        share: Its coefficient.
        score: The same in its standard errors.
        misfit: Sum of squares that remains, great ones cut.
    """

    share: Floats
    score: Floats
    misfit: Floats


def _fit(columns: Floats, terms: Floats, load: Floats) -> _Fits:
    """Return robust regressions on `columns` and one of `terms` (Huber, 1964)."""
    count, size = len(terms), columns.shape[1] + 1
    inputs = np.empty((count, len(load), size))
    inputs[:, :, :-1] = columns
    inputs[:, :, -1] = terms
    prior = np.diag([*_PRIOR, 1e-6])
    weight = np.ones((count, len(load)))
    for _ in range(_ROUNDS):
        weighted = (inputs * weight[:, :, None]).transpose(0, 2, 1)
        normal = weighted @ inputs + prior
        found = np.linalg.solve(normal, weighted @ load[:, None])
        missed = load - (inputs @ found)[:, :, 0]
        spread = NORMAL * np.median(np.abs(missed), axis=1, keepdims=True) + 1e-4
        weight = 1 / np.maximum(1, np.abs(missed) / (_HUBER * spread))
    share = found[:, -1, 0].astype(np.float64)
    error = spread[:, 0] * np.sqrt(np.linalg.inv(normal)[:, -1, -1])
    cut = np.minimum(missed**2, (3 * spread) ** 2)
    score: Floats = share / (error * _widening(missed))
    return _Fits(share, score, cut.sum(axis=1))


def _widening(missed: Floats) -> Floats:
    """Return by how much neighbours that are alike widen a standard error."""
    centred = missed - missed.mean(axis=1, keepdims=True)
    products = (centred[:, 1:] * centred[:, :-1]).sum(axis=1)
    alike = np.clip(products / (centred**2).sum(axis=1), 0, _MOST_ALIKE)
    wider: Floats = np.sqrt((1 + alike) / (1 - alike))
    return wider


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


def _episodes(course: Course, clock: Clock, found: list[_Rise]) -> list[Episode]:
    chains: list[list[_Rise]] = []
    for rise in found:
        if not chains or rise.day - chains[-1][-1].day > _PAUSE_DAYS:
            chains.append([])
        chains[-1].append(rise)
    return [_episode(course, clock, chain) for chain in chains]


def _episode(course: Course, clock: Clock, chain: list[_Rise]) -> Episode:
    first, last = chain[0], chain[-1]
    strongest = max(chain, key=lambda rise: rise.score)
    start_day = max(0, first.day - first.ramp_days)
    end_s = _midnight_s(course, clock, last.day)
    ramp = np.clip(
        (np.arange(start_day, last.day) - start_day) / strongest.ramp_days, 0, 1
    )
    return Episode(
        kind=Kind.DRIFT,
        start_s=_midnight_s(course, clock, start_day),
        end_s=end_s,
        is_ongoing=clock.day_count - last.day < _PAUSE_DAYS,
        found_s=_midnight_s(course, clock, first.day),
        size_kwh=float(ramp.sum() * 24 * strongest.rise_kw),
        confidence=confidence(strongest.score),
        evidence={
            "rise_kw": strongest.rise_kw,
            "rise_share": strongest.share,
            "ramp_days": float(strongest.ramp_days),
        },
    )


def _midnight_s(course: Course, clock: Clock, day: int) -> int:
    place = int(np.searchsorted(clock.day, day))
    return int(course.start_s[0]) + place * course.step_s

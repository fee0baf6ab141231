"""Phase imbalance: three voltages or currents that drift apart.

Unbalance is the greatest deviation from the mean of the three, in percent of that mean
(NEMA MG 1-2016, section 14.36). EN 50160:2010 section 4.2.10 wants voltages within 2 %
(there as negative by positive sequence, IEC 61000-4-30:2015 section 5.7, which needs
phase angles that meters seldom give; for small values both agree). NEMA MG 1 advises
against running a motor above 5 %. No standard limits the currents of a building, where
single-phase loads are the rule: they are held against their own habit.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cloud.analytics.anomaly.course import HOUR_S, Flags, Floats, Instants
from cloud.analytics.anomaly.episode import Episode, Kind, confidence
from cloud.analytics.anomaly.robust import median

VOLTAGE_PERCENT: Final = 2.0
CURRENT_PERCENT: Final = 30.0
"""Least unbalance of currents that is told, whatever the habit."""

_BEYOND_HABIT: Final = 1.5
_HABIT_DAYS: Final = 28
_LEAST_OF_USUAL: Final = 0.2
_SHORTEST_H: Final = 1


@dataclass(frozen=True, slots=True)
class Phases:
    """Means of three phases over consecutive intervals, oldest first.

    Attributes:
        values: One row an interval: L1, L2, L3 in V or A; NaN where not known.
        are_currents: Else they are voltages.
    """

    start_s: Instants
    values: Floats
    are_currents: bool


def unbalance_percent(values: Floats) -> Floats:
    """Return the unbalance of each row, in percent; NaN where one is missing or all 0.

    By NEMA MG 1, 14.36: of 460, 467 and 450 V, the mean is 459 and the greatest
    deviation 9, so the unbalance is 1.96 %.
    """
    mean = values.mean(axis=1)
    deviation = np.abs(values - mean[:, None]).max(axis=1)
    live = mean > 0
    return np.where(live, 100 * deviation / np.where(live, mean, 1.0), np.nan)


def imbalances(phases: Phases, factor: float = 1.0) -> list[Episode]:
    """Return where the phases were out of balance for an hour or longer.

    Voltages above 2 %; currents above 30 % and half more than their median of four
    weeks, where they carry at least a fifth of their usual load; not on the first day.
    """
    if len(phases.start_s) < 2:
        return []
    percent = unbalance_percent(phases.values)
    limit = np.full(len(percent), factor * VOLTAGE_PERCENT)
    high = percent > limit
    if phases.are_currents:
        habit = np.nan_to_num(_habit(phases, percent))
        limit = factor * np.maximum(CURRENT_PERCENT, _BEYOND_HABIT * habit)
        mean = phases.values.mean(axis=1)
        high = (percent > limit) & (mean >= _LEAST_OF_USUAL * _habit(phases, mean))
    step_s = int(phases.start_s[1] - phases.start_s[0])
    least = max(1, _SHORTEST_H * HOUR_S // step_s)
    return [
        _episode(phases, (percent, limit), span, least)
        for span in _spans(high)
        if span[1] - span[0] >= least
    ]


def _habit(phases: Phases, values: Floats) -> Floats:
    """Return the median of the four weeks before each day; NaN on the first day."""
    day = (phases.start_s - phases.start_s[0]) // (24 * HOUR_S)
    habit = np.full(len(values), np.nan)
    for number in range(1, int(day[-1]) + 1):
        past = (day < number) & (day >= number - _HABIT_DAYS)
        habit[day == number] = median(values[past])
    return habit


def _spans(high: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], high, [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _episode(
    phases: Phases, scores: tuple[Floats, Floats], span: tuple[int, int], least: int
) -> Episode:
    first, end = span
    percent, limit = scores[0][first:end], scores[1][first:end]
    step_s = int(phases.start_s[1] - phases.start_s[0])
    worst = phases.values[first + int(np.argmax(percent))]
    unit = "a" if phases.are_currents else "v"
    return Episode(
        kind=Kind.PHASE_IMBALANCE,
        start_s=int(phases.start_s[first]),
        end_s=int(phases.start_s[end - 1]) + step_s,
        is_ongoing=end == len(phases.start_s),
        found_s=int(phases.start_s[first + least - 1]) + step_s,
        size_kwh=None,
        confidence=confidence(float((percent / limit).max())),
        evidence={
            "unbalance_percent": float(percent.max()),
            "limit_percent": float(limit[0]),
            **{f"l{at}_{unit}": float(value) for at, value in enumerate(worst, 1)},
        },
    )

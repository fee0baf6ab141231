"""From readings at any step of up to an hour to gapless hours."""

from typing import Final

import numpy as np

from cloud.meter_files.building import Floats, Instants

HOUR_S: Final = 3_600
LONGEST_H: Final = 20 * 366 * 24
"""Hours that are read at most, so that one wrong year can't fill the memory."""


def step_s(at_s: Instants) -> int:
    """Return the seconds from one reading to the next, usually.

    Raises:
        ValueError: Hours can't be made of such steps.
    """
    steps, counts = np.unique(np.diff(at_s), return_counts=True)
    if not len(steps):
        raise ValueError("there is one instant only; hours or quarter hours are needed")
    usual = int(steps[np.argmax(counts)])
    if usual > HOUR_S or HOUR_S % usual:
        raise ValueError(
            f"its lines are {usual / 60:g} minutes apart; hours, or steps that divide"
            " an hour, are needed"
        )
    if at_s[-1] - at_s[0] > LONGEST_H * HOUR_S:
        raise ValueError("it spans more than 20 years; is an instant wrong?")
    return usual


def hours_between(first_s: int, last_s: int, phase_s: int) -> Instants:
    """Return the starts of the hours that hold all from `first_s` to `last_s`.

    Args:
        phase_s: Seconds past the full hour (UTC) at which hours start.
    """
    start_s = (first_s - phase_s) // HOUR_S * HOUR_S + phase_s
    return np.arange(start_s, last_s + 1, HOUR_S, dtype=np.int64)


def phase_s(at_s: Instants, step: int, ahead_s: int) -> int:
    """Return at which second of an hour (UTC) the hours start.

    Hourly readings say so themselves; finer ones are added up to hours of the wall
    clock.

    Args:
        ahead_s: How far the local clock is ahead of UTC. [s]
    """
    if step == HOUR_S:
        return _usual_rest(at_s, HOUR_S)
    return -ahead_s % HOUR_S // step * step + _usual_rest(at_s, step)


def off_grid(at_s: Instants, step: int) -> int:
    """Return how many readings do not lie on the grid of the others."""
    return int((at_s % step != _usual_rest(at_s, step)).sum())


def _usual_rest(at_s: Instants, step: int) -> int:
    rests, counts = np.unique(at_s % step, return_counts=True)
    return int(rests[np.argmax(counts)])


def sums(at_s: Instants, values: Floats, start_s: Instants, step: int) -> Floats:
    """Return the sum over each hour; NaN unless every part of it is known."""
    count = HOUR_S // step
    place = (at_s - start_s[0]) // step
    inside = (place >= 0) & (place < len(start_s) * count)
    on_grid = inside & ((at_s - start_s[0]) % step == 0)
    parts = np.full(len(start_s) * count, np.nan)
    parts[place[on_grid]] = values[on_grid]
    total: Floats = parts.reshape(-1, count).sum(axis=1)
    return total


def means(at_s: Instants, values: Floats, start_s: Instants) -> Floats:
    """Return the mean of what is known in each hour; NaN of nothing."""
    place = (at_s - start_s[0]) // HOUR_S
    known = (place >= 0) & (place < len(start_s)) & np.isfinite(values)
    count = np.bincount(place[known], minlength=len(start_s))
    total = np.bincount(place[known], weights=values[known], minlength=len(start_s))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)

"""Whether a model does worse than another: on the same hours, and clearly so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np

from contract.forecast_status import Errors
from contract.track import Track
from gateway.forecaster.record import Hour, Record

_LADDER: Final = ((72, 1.15), (24, 1.5), (6, 3.0))
"""From how many hours on, errors how many times as large are no accident."""
_LEAST_PERCENT: Final = 1.0
"""Less than this of the load is no difference that matters. [%]"""
_AS_GOOD: Final = 1.1
"""Errors up to so many times as large are as good."""
_LAST_DAYS_H: Final = 72
_SMALLEST_KW: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two missed of the same hours; None where there are none.

    In each, `naive_percent` is the error of the one that was compared with.
    """

    next_hour: Errors | None
    day_ahead: Errors | None

    @property
    def hours(self) -> int:
        """How many hours were compared."""
        known = (self.next_hour, self.day_ahead)
        return max((each.hours for each in known if each is not None), default=0)

    def words(self) -> str:
        """Return the errors in words."""
        named = {"next hour": self.next_hour, "24 hours": self.day_ahead}
        return ", ".join(
            f"{name} {each.ours_percent:.1f} % against {each.naive_percent:.1f} %"
            for name, each in named.items()
            if each is not None
        )

    def is_clearly_worse(self) -> bool:
        """Return whether ours is worse by more than could be an accident."""
        known = (self.next_hour, self.day_ahead)
        return any(each is not None and _is_clearly_worse(each) for each in known)

    def is_worse(self) -> bool:
        """Return whether ours is not as good, on either horizon."""
        known = (self.next_hour, self.day_ahead)
        return any(
            each is not None
            and each.ours_percent > _AS_GOOD * each.naive_percent
            and each.ours_percent > each.naive_percent + _LEAST_PERCENT
            for each in known
        )


def compared(ours: Record, other: Record, since_s: int = 0) -> Comparison:
    """Return what both missed of the hours since `since_s` that both forecast."""
    theirs = {hour.start_s: hour for hour in other.hours}
    pairs = [
        (hour, theirs[hour.start_s])
        for hour in ours.hours
        if hour.start_s >= since_s and hour.start_s in theirs
    ]
    return Comparison(_errors(pairs, "next_hour"), _errors(pairs, "day_ahead"))


def of_tracks(tracks: Mapping[int, Track]) -> Comparison:
    """Return what a model alone missed in the last days, beside the best naive one.

    What is told may be as good as naive although the model is not: a track hears less
    and less of one that is no use. None where the model did no worse for two weeks.
    """
    return Comparison(_alone(tracks[1]), _alone(tracks[24]))


def _alone(track: Track) -> Errors | None:
    ours, naive = track.errors(_LAST_DAYS_H)
    if not track.members or not (isfinite(ours) and isfinite(naive)):
        return None
    if not track.is_worse_than_naive():
        return None
    return Errors(min(_LAST_DAYS_H, len(track.missed)), 100 * ours, 100 * naive)


def _errors(pairs: list[tuple[Hour, Hour]], horizon: str) -> Errors | None:
    squares = np.array(
        [(getattr(one, horizon), getattr(two, horizon)) for one, two in pairs]
    ).reshape(-1, 2)
    known = np.isfinite(squares).all(axis=1)
    if not known.any():
        return None
    loads_kw = np.array([abs(one.measured_kw) for one, _ in pairs])[known]
    scale_kw = max(float(loads_kw.mean()), _SMALLEST_KW)
    ours, theirs = 100 * np.sqrt(squares[known].mean(axis=0)) / scale_kw
    return Errors(int(known.sum()), float(ours), float(theirs))


def _is_clearly_worse(errors: Errors) -> bool:
    if errors.ours_percent - errors.naive_percent < _LEAST_PERCENT:
        return False
    for fewest, times in _LADDER:
        if errors.hours >= fewest:
            return errors.ours_percent > times * errors.naive_percent
    return False

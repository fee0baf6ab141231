"""How recent forecasts did, and what follows from it for the next one.

A track combines what a model's members and the naive forecasts say, tells how wide the
80 % interval has to be, and whether the model does worse than naive lately. It learns
only from forecasts whose hours have been measured since.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from contract.arrays import packed, unpacked
from contract.calendar import Calendar
from contract.naive import NAIVE, naive_kw
from contract.origins import Floats, Instants, Origins, mean_known, scale_kw

LEVELS: Final = (0.1, 0.5, 0.9)
"""The quantiles that are told."""
JUDGED_HOURS: Final = 28 * 24
"""How many of the last judged hours count."""
MOST_PENDING: Final = 48
"""Forecasts that wait to be judged; the oldest gives way."""

MOST_MEMBERS: Final = 16

_FEWEST: Final = 24  # judged hours before the spread is known at all
_UNKNOWN_SPREAD: Final = 0.5
_HOUR_S: Final = 3_600


class TrackError(ValueError):
    """The bytes are no track; the message says why."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Mean loads in kW of the hours after an origin, first hour first.

    Attributes:
        origin_s: When it was made. [s since 1970 UTC]
        mean_kw: The one value to use where one is needed.
        p10_kw, p50_kw, p90_kw: Quantiles; they never cross.
        scale_kw: What `said` is multiplied by.
        said: What each expert said, hours × (members, then `NAIVE`); NaN unknown.
    """

    origin_s: int
    mean_kw: Floats
    p10_kw: Floats
    p50_kw: Floats
    p90_kw: Floats
    scale_kw: float
    said: Floats


@dataclass(slots=True)
class Track:
    """The state of one model's record; `predict`, `keep`, `judge`.

    Attributes:
        members: Names of the columns of the model's output; may be none.
        lead_hours: How many hours a forecast has.
        missed: Measured − mean forecast of the last judged hours, by scale.
        squares: Squares of the same for the mean and for each expert; NaN unknown.
    """

    members: tuple[str, ...]
    lead_hours: int
    missed: Floats = field(default_factory=lambda: np.empty(0))
    squares: Floats = field(default_factory=lambda: np.empty((0, 0)))
    pending: deque[Forecast] = field(default_factory=lambda: deque(maxlen=MOST_PENDING))

    def with_members(self, members: tuple[str, ...]) -> Self:
        """Return a track for a model of other members; what was told before counts."""
        if members == self.members:
            return self
        ours = self.squares[:, :1] if self.squares.size else np.empty((0, 1))
        naive = self.squares[:, 1 + len(self.members) :]
        unknown = np.full((len(ours), len(members)), np.nan)
        squares = np.hstack((ours, unknown, naive)) if len(ours) else self.squares
        return type(self)(members, self.lead_hours, self.missed.copy(), squares)

    def predict(
        self, origins: Origins, calendar: Calendar, outputs: NDArray[np.float32]
    ) -> Forecast | None:
        """Return the forecast of one origin; None when nothing is known of its week.

        Args:
            origins: One origin.
            calendar: The same that the rows were made with.
            outputs: What the model answered, `lead_hours` × members, by scale.
        """
        scale = float(scale_kw(origins)[0])
        if not np.isfinite(scale):
            return None
        naive = naive_kw(origins, calendar, self.lead_hours)[0] / scale
        said = np.hstack((outputs.astype(np.float64), naive))
        mean = self._mean(said)
        low, middle, high = ((mean + away) * scale for away in self._spread())
        at_s = int(origins.at_s[0])
        return Forecast(at_s, mean * scale, low, middle, high, scale, said)

    def keep(self, forecast: Forecast) -> None:
        """Remember `forecast` until its hours have been measured."""
        self.pending.append(forecast)

    def judge(self, start_s: Instants, load_kw: Floats) -> int:
        """Learn from the kept forecasts whose last hour is over; return how many.

        Args:
            start_s: First instants of measured hours, ascending; any more than are
                awaited do no harm. [s since 1970 UTC]
            load_kw: Mean loads of those hours; NaN where not known. [kW]
        """
        if not len(start_s):
            return 0
        judged = 0
        over_s = int(start_s[-1]) + _HOUR_S
        while self.pending and self._ends_s(self.pending[0]) <= over_s:
            self._learn(self.pending.popleft(), start_s, load_kw)
            judged += 1
        return judged

    def is_worse_than_naive(self) -> bool:
        """Return whether the mean did worse than the best naive forecast lately."""
        ours, naive = self.errors()
        return bool(ours > naive)

    def errors(self) -> tuple[float, float]:
        """Return the root mean square of ours and of the best naive, by scale.

        NaN before anything was judged.
        """
        if len(self.squares) < _FEWEST:
            return float("nan"), float("nan")
        naive = self.squares[:, 1 + len(self.members) :]
        known = np.isfinite(naive).sum(axis=0)
        total = np.nansum(naive, axis=0)
        best = np.min(np.where(known > 0, total / np.maximum(known, 1), np.inf))
        return float(np.sqrt(self.squares[:, 0].mean())), float(np.sqrt(best))

    def to_bytes(self) -> bytes:
        """Return the state, to outlive a restart."""
        about = {"members": self.members, "lead_hours": self.lead_hours}
        leads, experts = self.lead_hours, len(self.members) + len(NAIVE)
        waiting = [
            np.hstack(
                (
                    [each.origin_s, each.scale_kw],
                    *(each.mean_kw, each.p10_kw, each.p50_kw, each.p90_kw),
                    each.said.ravel(),
                )
            )
            for each in self.pending
        ]
        pending = np.array(waiting).reshape(-1, 2 + leads * (4 + experts))
        return packed(
            about,
            {"missed": self.missed, "squares": self.squares, "pending": pending},
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return the track in `raw`.

        Raises:
            TrackError: `raw` is not what `to_bytes` returns.
        """
        try:
            about, arrays = unpacked(raw)
            members, leads = _known(about)
            track = cls(members, leads)
            experts = len(members) + len(NAIVE)
            track.missed = _shaped(arrays, "missed", None)
            track.squares = _shaped(arrays, "squares", 1 + experts)
            for row in _shaped(arrays, "pending", 2 + leads * (4 + experts)):
                track.pending.append(_forecast(row, leads))
        except (ValueError, RecursionError) as error:
            raise TrackError(f"not a track: {error}") from error
        return track

    def _spread(self) -> Floats:
        if len(self.missed) < _FEWEST:
            return np.array([-_UNKNOWN_SPREAD, 0.0, _UNKNOWN_SPREAD])
        return np.quantile(self.missed, LEVELS)

    def _mean(self, said: Floats) -> Floats:
        """Return the members' mean, else the naive forecasts'."""
        members = mean_known(said[:, : len(self.members)])
        naive = mean_known(said[:, len(self.members) :])
        mean = np.where(np.isfinite(members), members, naive)
        return np.where(np.isfinite(mean), mean, 1.0)

    def _ends_s(self, forecast: Forecast) -> int:
        return forecast.origin_s + self.lead_hours * _HOUR_S

    def _learn(self, forecast: Forecast, start_s: Instants, load_kw: Floats) -> None:
        awaited = forecast.origin_s + _HOUR_S * np.arange(self.lead_hours)
        place = np.minimum(np.searchsorted(start_s, awaited), len(start_s) - 1)
        measured = np.where(start_s[place] == awaited, load_kw[place], np.nan)
        known = np.isfinite(measured)
        said = np.column_stack((forecast.mean_kw / forecast.scale_kw, forecast.said))
        missed = measured[known, None] / forecast.scale_kw - said[known]
        self.missed = np.append(self.missed, missed[:, 0])[-JUDGED_HOURS:]
        before = self.squares.reshape(-1, said.shape[1])
        self.squares = np.vstack((before, missed**2))[-JUDGED_HOURS:]


def _known(about: Mapping[str, object]) -> tuple[tuple[str, ...], int]:
    match about:
        case {"members": list(names), "lead_hours": int(leads)} if 1 <= leads <= 24:
            if len(names) <= MOST_MEMBERS and all(isinstance(n, str) for n in names):
                return tuple(names), leads
    raise ValueError("members or lead_hours are malformed")


def _shaped(arrays: Mapping[str, Floats], name: str, width: int | None) -> Floats:
    found = arrays.get(name)
    if found is None or found.ndim != 1 + (width is not None):
        raise ValueError(f"{name} is missing or has another shape")
    if found.size and width is not None and found.shape[1] != width:
        raise ValueError(f"{name} has {found.shape[1]} columns, not {width}")
    return found


def _forecast(row: Floats, leads: int) -> Forecast:
    told = row[2 : 2 + 4 * leads].reshape(4, leads)
    said = row[2 + 4 * leads :].reshape(leads, -1)
    if not np.isfinite(row[: 2 + 4 * leads]).all():
        raise ValueError("pending holds what is no number")
    mean, low, middle, high = told
    return Forecast(int(row[0]), mean, low, middle, high, float(row[1]), said)

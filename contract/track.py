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
from contract.forecast import Forecast, row_size
from contract.lags import targets
from contract.naive import NAIVE, naive_of
from contract.origins import Floats, Instants, Origins, scale_kw
from contract.spread import Misses, Tails
from contract.weighing import BLENDS, FEWEST, heard

__all__ = ["Forecast", "Track", "TrackError"]

JUDGED_HOURS: Final = 28 * 24
"""How many of the last judged hours count."""
MOST_PENDING: Final = 48
"""Forecasts that wait to be judged; the oldest gives way."""
MOST_MEMBERS: Final = 16

_LATELY: Final = 14 * 24  # judged hours in which a model must not do worse than naive
_EARLY_H: Final = 1  # a day of 23 hours is one as well
_HOUR_S: Final = 3_600
_HOURS: Final = 24


class TrackError(ValueError):
    """The bytes are no track; the message says why."""


@dataclass(slots=True)
class Track:
    """The state of one model's record; `predict`, `keep`, `judge`.

    Attributes:
        members: Names of the columns of the model's output; may be none.
        lead_hours: How many hours a forecast has.
        missed: Measured − mean forecast of the last judged hours, by scale.
        clock: The hour on the wall of each of them.
        squares: Squares of what was missed by the mean, by each of `Forecast.blends`,
            by each expert; NaN unknown.
        tails: What is cut off so that 80 % lie between the quantiles.
    """

    members: tuple[str, ...]
    lead_hours: int
    missed: Floats = field(default_factory=lambda: np.empty(0))
    clock: NDArray[np.int64] = field(
        default_factory=lambda: np.empty(0, dtype=np.int64)
    )
    squares: Floats = field(default_factory=lambda: np.empty((0, 0)))
    tails: Tails = field(default_factory=Tails)
    pending: deque[Forecast] = field(default_factory=lambda: deque(maxlen=MOST_PENDING))

    def __post_init__(self) -> None:
        self.squares = self.squares.reshape(-1, BLENDS + self._experts)

    def with_members(self, members: tuple[str, ...]) -> Self:
        """Return a track for a model of other members; what was told before counts."""
        if members == self.members:
            return self
        told = self.squares.copy()
        told[:, 1] = np.nan
        unknown = np.full((len(told), len(members)), np.nan)
        naive = told[:, BLENDS + len(self.members) :]
        squares = np.hstack((told[:, :BLENDS], unknown, naive))
        return type(self)(
            members, self.lead_hours, self.missed, self.clock, squares, self.tails
        )

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
        hours = targets(origins, calendar, self.lead_hours)
        naive = naive_of(hours)[0] / scale
        said = np.hstack((outputs.astype(np.float64), naive))
        together = heard(said, len(self.members), self.squares)
        clock = hours.hour[0].astype(np.int64)
        away = Misses(self.missed, self.clock).around(clock, self.tails)
        low, middle, high = ((together.mean + away.T) * scale)[:]
        return Forecast(
            int(origins.at_s[0]),
            together.mean * scale,
            low,
            middle,
            high,
            scale,
            said,
            np.column_stack((together.model, together.naive)),
            int(clock[0]),
        )

    def keep(self, forecast: Forecast) -> None:
        """Remember `forecast` until its hours have been measured.

        One whose hours are mostly awaited already is not: a day is learnt from once,
        however often it is forecast, so that the judged hours are those of weeks.
        """
        apart_s = max(self.lead_hours - _EARLY_H, 1) * _HOUR_S
        if self.pending and forecast.origin_s - self.pending[-1].origin_s < apart_s:
            return
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
        """Return whether the model did worse than the best naive forecast lately."""
        ours, naive = self.errors()
        return bool(ours > naive)

    def errors(self, hours: int = _LATELY) -> tuple[float, float]:
        """Return the root mean square misses of the model and the best naive forecast.

        By scale, of the same hours; without a model, what was told stands for it. NaN
        before enough was judged.

        Args:
            hours: How many of the last judged hours count.
        """
        lately = self.squares[-hours:]
        ours = lately[:, 1 if self.members else 0]
        found = []
        for naive in lately[:, BLENDS + len(self.members) :].T:
            known = np.isfinite(ours + naive)
            if known.sum() >= FEWEST:
                found.append((naive[known].mean(), ours[known].mean()))
        if not found:
            return float("nan"), float("nan")
        best, then = min(found)
        return float(np.sqrt(then)), float(np.sqrt(best))

    def to_bytes(self) -> bytes:
        """Return the state, to outlive a restart."""
        about = {"members": self.members, "lead_hours": self.lead_hours}
        return packed(
            about,
            {
                "missed": self.missed,
                "clock": self.clock.astype(np.float64),
                "squares": self.squares,
                "tails": np.array([self.tails.low, self.tails.high]),
                "pending": np.array(
                    [each.to_row() for each in self.pending], dtype=np.float64
                ).reshape(-1, row_size(self.lead_hours, self._experts)),
            },
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return the track in `raw`.

        Raises:
            TrackError: `raw` is not what `to_bytes` returns.
        """
        try:
            about, arrays = unpacked(raw)
            track = cls(*_known(about))
            track.missed = _shaped(arrays, "missed", None)
            track.clock = _clock(_shaped(arrays, "clock", None), len(track.missed))
            track.squares = _shaped(arrays, "squares", BLENDS + track._experts)
            track.tails = _tails(_shaped(arrays, "tails", None))
            for row in _shaped(
                arrays, "pending", row_size(track.lead_hours, track._experts)
            ):
                track.pending.append(Forecast.of_row(row, track.lead_hours))
        except (ValueError, OverflowError, RecursionError) as error:
            raise TrackError(f"not a track: {error}") from error
        return track

    @property
    def _experts(self) -> int:
        return len(self.members) + len(NAIVE)

    def _ends_s(self, forecast: Forecast) -> int:
        return forecast.origin_s + self.lead_hours * _HOUR_S

    def _learn(self, forecast: Forecast, start_s: Instants, load_kw: Floats) -> None:
        leads = np.arange(self.lead_hours)
        awaited = forecast.origin_s + _HOUR_S * leads
        place = np.minimum(np.searchsorted(start_s, awaited), len(start_s) - 1)
        measured = np.where(start_s[place] == awaited, load_kw[place], np.nan)
        known = np.isfinite(measured)
        came = measured[known]
        mean = forecast.mean_kw / forecast.scale_kw
        said = np.column_stack((mean, forecast.blends, forecast.said))
        missed = came[:, None] / forecast.scale_kw - said[known]
        clock = ((forecast.first_hour + leads) % _HOURS)[known]
        if len(self.clock) == len(self.missed):
            self.clock = np.append(self.clock, clock)[-JUDGED_HOURS:]
        self.missed = np.append(self.missed, missed[:, 0])[-JUDGED_HOURS:]
        self.squares = np.vstack((self.squares, missed**2))[-JUDGED_HOURS:]
        below = int((came < forecast.p10_kw[known]).sum())
        above = int((came > forecast.p90_kw[known]).sum())
        self.tails = self.tails.after(below, above, len(came))


def _known(about: Mapping[str, object]) -> tuple[tuple[str, ...], int]:
    match about:
        case {"members": list(names), "lead_hours": int(leads)} if 1 <= leads <= _HOURS:
            if len(names) <= MOST_MEMBERS and all(isinstance(n, str) for n in names):
                return tuple(names), leads
    raise ValueError("members or lead_hours are malformed")


def _shaped(arrays: Mapping[str, Floats], name: str, width: int | None) -> Floats:
    found = arrays.get(name)
    if found is None or found.ndim != 1 + (width is not None):
        raise ValueError(f"{name} is missing or has another shape")
    if width is not None and found.shape[1] != width:
        raise ValueError(f"{name} has {found.shape[1]} columns, not {width}")
    if name in ("missed", "clock", "tails") and not np.isfinite(found).all():
        raise ValueError(f"{name} holds what is no number")
    return found[-JUDGED_HOURS:]


def _clock(hours: Floats, count: int) -> NDArray[np.int64]:
    if len(hours) not in (0, count) or ((hours < 0) | (hours >= _HOURS)).any():
        raise ValueError("clock holds what is no hour")
    return hours.astype(np.int64)


def _tails(found: Floats) -> Tails:
    low, high = found
    return Tails(float(low), float(high)).after(0, 0, 0)

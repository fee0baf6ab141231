"""What was forecast hour by hour, and how far it was from what came."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

HOUR_S: Final = 3_600
LEAD_HOURS: Final = 24
KEPT_HOURS: Final = 7 * 24
"""How many of the last measured hours are remembered."""

_WIDTH: Final = 1 + 1 + LEAD_HOURS
_STORED: Final = np.dtype("<f8")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hour:
    """One measured hour and what was missed of it.

    Attributes:
        next_hour: Square of what the forecast for the next hour missed. [kW²]
        day_ahead: Mean square of what the forecasts of the day before missed. [kW²]
    """

    start_s: int
    measured_kw: float
    next_hour: float
    day_ahead: float


@dataclass(frozen=True, slots=True)
class Made:
    """The means of one forecast; NaN where there was none. [kW]."""

    origin_s: int
    next_hour_kw: float
    day_ahead_kw: Floats


@dataclass(slots=True)
class Record:
    """The last forecasts of one model, and the last hours they were judged by."""

    made: deque[Made] = field(default_factory=lambda: deque(maxlen=LEAD_HOURS + 1))
    hours: deque[Hour] = field(default_factory=lambda: deque(maxlen=KEPT_HOURS))

    def keep(self, made: Made) -> None:
        """Remember a forecast; one made twice for an origin counts once."""
        if self.made and self.made[-1].origin_s >= made.origin_s:
            later = [each for each in self.made if each.origin_s < made.origin_s]
            self.made = deque(later, maxlen=self.made.maxlen)
        self.made.append(made)

    def judge(self, measured: Iterable[tuple[int, float]]) -> None:
        """Compare forecasts with hours (start [s], load [kW]), each of them once."""
        last_s = self.hours[-1].start_s if self.hours else 0
        for start_s, load_kw in measured:
            if start_s <= last_s or not np.isfinite(load_kw):
                continue
            hour = self._judged(start_s, load_kw)
            if hour is not None:
                self.hours.append(hour)

    def forget_after(self, at_s: int) -> None:
        """Drop what is of later than `at_s`: the clock was ahead."""
        self.made = deque(
            (each for each in self.made if each.origin_s <= at_s),
            maxlen=self.made.maxlen,
        )
        self.hours = deque(
            (each for each in self.hours if each.start_s < at_s),
            maxlen=self.hours.maxlen,
        )

    def to_bytes(self) -> bytes:
        """Return the record, to outlive a restart."""
        made = [
            (each.origin_s, each.next_hour_kw, *each.day_ahead_kw) for each in self.made
        ]
        hours = [
            (each.start_s, each.measured_kw, each.next_hour, each.day_ahead)
            for each in self.hours
        ]
        count = len(made).to_bytes(4, "little")
        made_values = np.array(made, dtype=_STORED).reshape(-1, _WIDTH)
        hour_values = np.array(hours, dtype=_STORED).reshape(-1, 4)
        return count + made_values.tobytes() + hour_values.tobytes()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return the record in `raw`.

        Raises:
            ValueError: It is something else.
        """
        record = cls()
        count = int.from_bytes(raw[:4], "little")
        end = 4 + count * _WIDTH * _STORED.itemsize
        if count > LEAD_HOURS + 1 or len(raw) < end:
            raise ValueError("a record is cut short")
        for row in np.frombuffer(raw[4:end], _STORED).reshape(-1, _WIDTH):
            record.made.append(Made(int(row[0]), float(row[1]), row[2:].copy()))
        for row in np.frombuffer(raw[end:], _STORED).reshape(-1, 4):
            record.hours.append(Hour(int(row[0]), *map(float, row[1:])))
        return record

    def _judged(self, start_s: int, load_kw: float) -> Hour | None:
        first, rest = np.nan, []
        for each in self.made:
            lead = (start_s - each.origin_s) // HOUR_S
            if 0 <= lead < LEAD_HOURS and (start_s - each.origin_s) % HOUR_S == 0:
                rest.append((each.day_ahead_kw[lead] - load_kw) ** 2)
                if lead == 0:
                    first = (each.next_hour_kw - load_kw) ** 2
        squares = [float(square) for square in rest if np.isfinite(square)]
        if not squares and not np.isfinite(first):
            return None
        mean = sum(squares) / len(squares) if squares else np.nan
        return Hour(start_s, load_kw, float(first), mean)

"""Counting pulses: what is one, and how the count survives a restart. Pure."""

import json
from typing import Final

from gateway.drivers.pulse.line import PulsePlace

PREFIX: Final = "pulse/"
"""Keys of the kept rows: this and the device's path."""

_MOST_BOUNCES: Final = 8
_HOUR_S: Final = 3600.0


class Pulses:
    """Counts bursts of edges: one that bounces is one, one that does not end is noise.

    Attributes:
        counted: How many there were.
        noise: How many edges were none, since this was last set to 0.
    """

    def __init__(self, min_pulse_s: float) -> None:
        self.counted = 0
        self.noise = 0
        self._min_pulse_s = min_pulse_s
        self._edges = 0
        self._last_edge_s = 0.0
        self._began_s = 0.0
        self._last_pulse_s = 0.0
        self._period_s: float | None = None

    def edges(self, count: int, at_s: float) -> None:
        """Take `count` edges that came at an instant of a clock that never jumps."""
        self.settle(at_s)
        if self._edges == 0:
            self._began_s = at_s
        before, self._edges = self._edges, self._edges + count
        self._last_edge_s = at_s
        if self._edges > _MOST_BOUNCES:
            self.noise += count if before > _MOST_BOUNCES else self._edges

    def settle(self, now_s: float) -> None:
        """Judge the last burst if it is over by now."""
        if self._edges == 0 or now_s - self._last_edge_s < self._min_pulse_s:
            return
        if self._edges <= _MOST_BOUNCES:
            self._add(1, self._began_s)
        self._edges = 0

    def add(self, count: int, at_s: float) -> None:
        """Take `count` pulses that somebody else told from bounces."""
        self._add(count, at_s)

    def per_hour(self, now_s: float) -> float | None:
        """Return the present rate, None before two pulses came.

        It falls while the next pulse is overdue.
        """
        if self._period_s is None:
            return None
        return _HOUR_S / max(self._period_s, now_s - self._last_pulse_s)

    def _add(self, count: int, at_s: float) -> None:
        if self.counted and at_s > self._last_pulse_s:
            self._period_s = (at_s - self._last_pulse_s) / count
        self.counted += count
        self._last_pulse_s = at_s


def to_row(pulses: int, place: PulsePlace) -> bytes:
    """Return the count as a row to keep."""
    row = {
        "pulses": pulses,
        "start": place.start,
        "per_unit": place.pulses_per_unit,
    }
    return json.dumps(row, separators=(",", ":")).encode()


def from_row(row: bytes | None, place: PulsePlace) -> int:
    """Return the count in a row; 0 if it was counted from another register reading."""
    try:
        match json.loads(row or b"null"):
            case {"pulses": int(pulses), "start": start, "per_unit": per_unit}:
                is_same = (start, per_unit) == (place.start, place.pulses_per_unit)
                return pulses if is_same and pulses >= 0 else 0
    except ValueError:
        pass
    return 0

"""UTC instants and the fixed 15-minute grid; the only date arithmetic in the system."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self

INTERVAL: Final = timedelta(minutes=15)
"""The grid on which energy is counted, billed and forecast."""

INTERVAL_MS: Final = 900_000

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def require_utc(at: datetime) -> datetime:
    """Return `at` unchanged, or refuse it.

    Raises:
        ValueError: `at` is naive, or in another zone than UTC.
    """
    if at.utcoffset() != timedelta(0):
        raise ValueError(f"not a UTC instant: {at!r}")
    return at


def to_ms(at: datetime) -> int:
    """Return `at` as whole milliseconds since 1970-01-01 UTC."""
    return (at - EPOCH) // _MILLISECOND


def from_ms(at_ms: int) -> datetime:
    """Return the UTC instant of `at_ms` milliseconds since 1970-01-01."""
    return EPOCH + at_ms * _MILLISECOND


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open span of time, ``[start, end)``, on the 15-minute grid."""

    start: datetime

    def __post_init__(self) -> None:
        if (require_utc(self.start) - EPOCH) % INTERVAL:
            raise ValueError(f"not on the {INTERVAL} grid: {self.start}")

    @classmethod
    def containing(cls, at: datetime) -> Self:
        """Return the interval that `at` falls in."""
        return cls(at - (require_utc(at) - EPOCH) % INTERVAL)

    @property
    def end(self) -> datetime:
        """The first instant after the interval."""
        return self.start + INTERVAL

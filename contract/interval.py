"""UTC instants as milliseconds, and the fixed 15-minute grid."""

from datetime import UTC, datetime, timedelta
from typing import Final

INTERVAL_MS: Final = 900_000
"""The 15-minute grid on which energy is counted, billed and forecast. [ms]"""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Return `at` as whole milliseconds since 1970-01-01 UTC."""
    return (at - EPOCH) // _MILLISECOND


def from_ms(at_ms: int) -> datetime:
    """Return the UTC instant of `at_ms` milliseconds since 1970-01-01."""
    return EPOCH + at_ms * _MILLISECOND

"""Local hours and days over a span of intervals. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Span = tuple[int, int]
"""First instant and the first instant after. [s since 1970 UTC]."""


def hour_offset_s(at_s: int, zone: ZoneInfo) -> int:
    """Return how far local hours start before those of UTC: 1800 in India. [s]."""
    offset = datetime.fromtimestamp(at_s, zone).utcoffset() or timedelta(0)
    return int(offset.total_seconds()) % 3600


def whole_hours(span_s: Span, zone: ZoneInfo) -> Span:
    """Return the span of the local hours that `span_s` touches."""
    offset = hour_offset_s(span_s[0], zone)
    first = (span_s[0] + offset) // 3600 * 3600 - offset
    last = -(-(span_s[1] + offset) // 3600) * 3600 - offset
    return first, last


def days(span_s: Span, zone: ZoneInfo) -> Iterator[Span]:
    """Yield the local days that `span_s` touches, of 23 to 25 hours."""
    day = datetime.fromtimestamp(span_s[0], zone).date()
    while (start := _midnight_s(day, zone)) < span_s[1]:
        day += timedelta(days=1)
        yield start, _midnight_s(day, zone)


def _midnight_s(day: date, zone: ZoneInfo) -> int:
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int(local.astimezone(UTC).timestamp())

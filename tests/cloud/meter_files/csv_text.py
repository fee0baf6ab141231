"""CSV files as text."""

from datetime import UTC, datetime, timedelta

START = datetime(2025, 3, 1, tzinfo=UTC)


def stamps(count, step=timedelta(hours=1), start=START):
    return [f"{start + n * step:%Y-%m-%dT%H:%M:%SZ}" for n in range(count)]


def wavy(count):
    """Return loads of which no two neighbours are equal."""
    return [20.0 + n % 24 + n % 7 / 10 for n in range(count)]


def table(rows, header="timestamp_utc,hall"):
    lines = [header, *(",".join(map(str, row)) for row in rows)]
    return "\n".join(lines) + "\n"


def hourly(values, **columns):
    """Return a file of hours from `START` on with the building `hall`, and others."""
    rows = zip(stamps(len(values)), values, *columns.values(), strict=True)
    return table(rows, ",".join(("timestamp_utc", "hall", *columns)))

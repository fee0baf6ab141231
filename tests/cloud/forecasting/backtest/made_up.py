"""Buildings that exist nowhere."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from cloud.forecasting.backtest.case import case_of
from cloud.meter_files.building import Building, Place

START = datetime(2025, 1, 31, 23, tzinfo=UTC)
TEST = date(2025, 3, 22)
"""A week before the clocks of Berlin change."""


def building(days=70, zone="Europe/Berlin", name="hall", seed=0, start=START):
    """Return a building that is busy by day, on weekdays, and noisy."""
    zone = ZoneInfo(zone)
    start_s = int(start.timestamp()) + 3_600 * np.arange(24 * days, dtype=np.int64)
    clock = [datetime.fromtimestamp(int(at), UTC).astimezone(zone) for at in start_s]
    busy = np.array([at.weekday() < 5 and 7 <= at.hour < 19 for at in clock])
    noise = np.random.default_rng(seed).normal(0, 3, len(start_s))
    load_kw = 40 + 50 * busy + noise
    return of_load(load_kw, start_s, zone, name)


def of_load(load_kw, start_s, zone, name="hall"):
    return Building(
        building_id=name,
        place=Place(zone),
        start_s=start_s,
        load_kw=load_kw,
        as_read_kw=load_kw,
        temperature_c=10 + 5 * np.sin(start_s / 86_400 * 2 * np.pi),
        weather={},
        holidays=frozenset(),
        complaints=(),
    )


def case(lead_hours=24, own_days=None, test=TEST, **more):
    return case_of(building(**more), test, lead_hours, own_days)

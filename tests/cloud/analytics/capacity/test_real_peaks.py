"""Peaks of real buildings, told from their first eight months."""

import csv
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cloud.analytics.capacity.months import DayPeak, monthly, planned

METERS = Path(__file__).parents[5] / "shared/data/campus/load_cornell.csv"
ZONE = ZoneInfo("America/New_York")
KNOWN = 8


def buildings():
    with METERS.open() as file:
        _, *names = next(lines := csv.reader(file))
        peaks = {name: defaultdict(float) for name in names}
        for at, *cells in lines:
            day = datetime.fromisoformat(at).astimezone(ZONE).date()
            for name, cell in zip(names, cells, strict=True):
                if cell:
                    peaks[name][day] = max(peaks[name][day], float(cell))
    for name in names:
        days = [DayPeak(day, peak_kw) for day, peak_kw in sorted(peaks[name].items())]
        yield monthly(days, date(2018, 1, 1))


@pytest.mark.skipif(not METERS.exists(), reason="the campus data are not here")
def test_four_of_five_later_peaks_lie_within_the_interval():
    inside, error = [], []
    for months in buildings():
        assert len(months) == 12
        known = months[:KNOWN]
        ahead = planned(known, None, np.random.default_rng(0)).ahead
        for month, real in zip(ahead, months[KNOWN:], strict=False):
            assert month.month == real.month
            inside.append(month.low_kw <= real.peak_kw <= month.high_kw)
            error.append(abs(month.likely_kw / real.peak_kw - 1))
    assert len(inside) == 48
    assert 0.7 <= np.mean(inside) <= 0.9
    assert np.median(error) < 0.07

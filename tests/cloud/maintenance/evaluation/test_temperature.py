"""Measured temperature as whole days."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from cloud.maintenance.evaluation.temperature import measured_days
from cloud.meter_files import MeterFileError

START = datetime(2025, 1, 1, tzinfo=UTC)


def file(folder: Path, values, name="temp_c") -> Path:
    path = folder / "weather.csv"
    lines = [
        f"{(START + timedelta(hours=hour)).isoformat()},{value}"
        for hour, value in enumerate(values)
    ]
    path.write_text("\n".join([f"timestamp_utc,{name}", *lines]))
    return path


def test_a_row_is_a_local_day_and_gaps_are_bridged(tmp_path):
    values = [float(hour % 24) for hour in range(40 * 24)]
    values[100] = ""
    days = measured_days(file(tmp_path, values), "Asia/Kolkata")
    assert days.shape[1] == 24
    assert np.isfinite(days).all()
    assert days[5].argmin() == pytest.approx(5, abs=1)  # 00:00 UTC is 05:30 there


def test_summer_time_moves_no_day(tmp_path):
    values = [float(hour % 24) for hour in range(200 * 24)]
    days = measured_days(file(tmp_path, values), "Europe/Berlin")
    assert set(days.argmin(axis=1)[1:]) == {1}


@pytest.mark.parametrize(
    ("values", "name", "zone", "said"),
    [
        ([1.0] * 24, "temp_c", "UTC", "30 days"),
        ([1.0] * 960, "wind_ms", "UTC", "no column temp_c"),
        ([1.0] * 960, "temp_c", "Mars", "not a time zone"),
    ],
)
def test_what_can_not_be_used_is_named(tmp_path, values, name, zone, said):
    with pytest.raises(MeterFileError, match=said):
        measured_days(file(tmp_path, values, name), zone)

"""Weather beside the load, and the files of the measured campus."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from cloud.meter_files import MeterFileError, read
from tests.cloud.meter_files.csv_text import START, hourly, stamps, table, wavy

CAMPUS = Path(__file__).parents[4] / "shared/data/campus"
FILE = hourly(wavy(400))


def weather(values, start=START, step=timedelta(hours=1)):
    rows = zip(stamps(len(values), step, start), values, values, strict=True)
    return table(rows, "timestamp_utc,temp_c,wind_ms")


def test_weather_is_laid_beside_the_load_hour_by_hour(hall):
    building = hall(FILE, weather(wavy(400)), timezone="Europe/Berlin")
    assert building.temperature_c.tolist() == wavy(400)
    assert building.weather["wind_ms"].tolist() == wavy(400)
    assert building.complaints == ()


def test_finer_weather_is_averaged(hall):
    half = [value + n % 2 for n, value in enumerate(np.repeat(wavy(400), 2))]
    building = hall(FILE, weather(half, step=timedelta(minutes=30)))
    assert building.temperature_c == pytest.approx(np.array(wavy(400)) + 0.5)


def test_weather_that_starts_late_and_ends_early_is_said_and_the_load_is_kept(hall):
    building = hall(FILE, weather(wavy(200), START + timedelta(days=4)), timezone="UTC")
    assert np.isfinite(building.load_kw).all()
    assert np.isfinite(building.temperature_c).sum() == 200
    said = " ".join(building.complaints)
    assert "starts late, on 2025-03-05" in said
    assert "ends early, on 2025-03-13" in said


def test_weather_of_another_year_is_said(hall):
    building = hall(FILE, weather(wavy(200), START + timedelta(days=900)))
    assert "has no temperature for its time" in " ".join(building.complaints)


def test_weather_without_temperature_is_refused_naming_its_columns(opened):
    bad = weather(wavy(200)).replace("temp_c", "airTemperature")
    with pytest.raises(MeterFileError, match=r"no column temp_c .*airTemperature"):
        opened(FILE, bad)


def test_the_measured_campus_is_read_as_its_description_says():
    if not CAMPUS.exists():
        pytest.skip("the measured campus is not beside the repository")
    files = read(
        CAMPUS / "load_cornell.csv",
        CAMPUS / "weather_cornell.csv",
        CAMPUS / "buildings.csv",
    )
    assert files.complaints == ()
    assert files.unusable == {}
    assert len(files.buildings) == 12
    for building in files.buildings:
        assert building.complaints == ()
        assert len(building.load_kw) == 8_760
        assert np.isnan(building.load_kw).mean() == pytest.approx(0.013, abs=0.002)
        assert building.place.subdivision == "NY"

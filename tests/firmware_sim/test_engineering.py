from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from firmware_sim.engineering import (
    METERS,
    ZONES,
    EngineeringComplex,
    meter_id,
    node,
    schedule_factor,
)
from firmware_sim.solar import PUNE, SolarArray
from firmware_sim.sun import sun_at

INDIA = ZoneInfo("Asia/Kolkata")
TUESDAY = datetime(2026, 3, 10, tzinfo=INDIA)
SATURDAY = datetime(2026, 3, 14, tzinfo=INDIA)
REPUBLIC_DAY = datetime(2026, 1, 26, tzinfo=INDIA)


def zone_kwh(at):
    return EngineeringComplex(7).interval_kwh(at).reshape(3, 5).sum(axis=1)


def test_fifteen_meters_in_three_zones():
    assert METERS == 15
    assert meter_id(1) == "ENG_001"
    assert node(1) == "classroom/eng-001"
    assert node(6) == "laboratory/eng-006"
    assert node(15) == "faculty-office/eng-015"


def test_at_nine_each_zone_uses_its_base():
    bases = [zone.base_kwh for zone in ZONES]
    assert bases == [2.5, 4.2, 1.8]
    assert zone_kwh(TUESDAY.replace(hour=9)) == pytest.approx(bases, rel=0.03)


def test_the_day_has_the_shape_of_the_reference():
    reference = {6: 2.1, 9: 8.5, 12: 12.8, 15: 15.2, 18: 6.4, 21: 3.2}
    played = [zone_kwh(TUESDAY.replace(hour=hour)).sum() for hour in reference]
    expected = np.array(list(reference.values()))
    error = np.abs(played / np.mean(played) - expected / expected.mean()).mean()
    assert 100 * (1 - error) >= 88


@pytest.mark.parametrize(("zone", "first", "end"), [(0, 9, 16), (1, 8, 18), (2, 8, 17)])
def test_peak_hours_stand_out(zone, first, end):
    def factor(hour):
        return schedule_factor(ZONES[zone], TUESDAY.replace(hour=hour))

    assert all(factor(hour) >= 0.9 for hour in range(first, end))
    assert factor(first - 1) < 0.6
    assert factor(end) < 0.75


def test_outside_opening_hours_only_standby_is_left():
    standby = [0.12 * zone.base_kwh for zone in ZONES]
    for closed in (
        TUESDAY.replace(hour=5),
        TUESDAY.replace(hour=22),
        SATURDAY.replace(hour=7),
        SATURDAY.replace(hour=18),
        REPUBLIC_DAY.replace(hour=12),
    ):
        assert zone_kwh(closed) == pytest.approx(standby, rel=0.03)
    assert zone_kwh(SATURDAY.replace(hour=12)).sum() > 3 * sum(standby)


def test_a_site_can_name_further_holidays():
    complex_ = EngineeringComplex(7, holidays=[date(2026, 3, 10)])
    noon = TUESDAY.replace(hour=12)
    assert complex_.interval_kwh(noon).sum() < 0.1 * zone_kwh(noon).sum()


def test_counters_hold_what_the_meters_used():
    complex_ = EngineeringComplex(7)
    start = TUESDAY.replace(hour=10)
    complex_.advance(int(start.timestamp() * 1000))
    before, made = complex_.import_kwh.copy(), complex_.generated_kwh
    expected = sum(
        complex_.interval_kwh(start + n * timedelta(minutes=15)) for n in range(8)
    )
    complex_.advance(int((start + timedelta(hours=2)).timestamp() * 1000))
    assert complex_.import_kwh - before == pytest.approx(expected)
    assert 60 < complex_.generated_kwh - made <= 85


def test_the_complex_is_the_same_on_every_run():
    one, other = EngineeringComplex(7), EngineeringComplex(7)
    for complex_ in (one, other):
        complex_.advance(int(TUESDAY.timestamp() * 1000))
    other.advance(int(TUESDAY.timestamp() * 1000) + 3_600_000)
    one.advance(int(TUESDAY.timestamp() * 1000) + 1_800_000)
    one.advance(int(TUESDAY.timestamp() * 1000) + 3_600_000)
    assert (one.import_kwh == other.import_kwh).all()
    assert one.solar_kw == other.solar_kw


@pytest.mark.parametrize("clock", ["12:00", "12:30"])
def test_a_clear_noon_makes_35_to_42_and_a_half_kilowatts_all_year(clock):
    array = SolarArray(7)
    hour, minute = map(int, clock.split(":"))
    first = datetime(2026, 1, 1, hour, minute, tzinfo=INDIA)
    noons = [array.clear_kw(first + timedelta(days=n)) for n in range(365)]
    assert min(noons) >= 35.0
    assert max(noons) <= 42.5


def test_there_is_no_production_at_night_and_some_in_the_morning():
    array = SolarArray(7)
    assert array.power_kw(TUESDAY.replace(hour=1)) == 0
    assert 0 < array.clear_kw(TUESDAY.replace(hour=8)) < 25


def test_clouds_take_some_days_and_leave_others_clear():
    array = SolarArray(7)
    skies = [
        array.sky(datetime(2026, 1, 1, 7, tzinfo=UTC) + timedelta(days=n))
        for n in range(200)
    ]
    assert 0.3 < np.mean(np.array(skies) == 1) < 0.7
    assert 0.1 < min(skies) < 0.5
    assert max(skies) == 1


def test_the_sun_stands_where_the_almanac_says():
    # at true noon the zenith angle is latitude minus declination
    sun = sun_at(PUNE, datetime(2026, 6, 21, 7, 6, tzinfo=UTC))
    assert np.degrees(sun.zenith) == pytest.approx(4.94, abs=0.1)
    equinox = sun_at(PUNE, datetime(2026, 3, 20, 7, 12, tzinfo=UTC))
    assert np.degrees(equinox.zenith) == pytest.approx(18.6, abs=0.2)
    assert np.degrees(equinox.azimuth) == pytest.approx(180, abs=3)

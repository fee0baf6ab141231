"""What no building uses is left out and said; what is merely dull is kept."""

import numpy as np

from cloud.meter_files.cleaning import cleaned_temperature, stuck_stretches
from tests.cloud.meter_files.csv_text import hourly, wavy

RANDOM = np.random.default_rng(3)


def left_out(building):
    gone = np.isnan(building.load_kw) & np.isfinite(building.as_read_kw)
    return np.flatnonzero(gone).tolist()


def test_negative_energy_is_left_out_and_counted(hall):
    cells = wavy(300)
    cells[7] = cells[100] = -4.0
    building = hall(hourly(cells))
    assert left_out(building) == [7, 100]
    assert "2 hours have negative energy and are left out" in building.complaints


def test_a_meter_that_nets_solar_power_is_told_what_to_give_instead(hall):
    cells = [value if n % 24 > 8 else -value for n, value in enumerate(wavy(300))]
    assert any("nets solar power" in c for c in hall(hourly(cells)).complaints)


def test_a_value_no_building_can_use_is_left_out(hall):
    cells = wavy(300)
    cells[40] = 4e9
    building = hall(hourly(cells))
    assert left_out(building) == [40]
    assert "(up to 4e+09 kWh)" in " ".join(building.complaints)


def test_one_value_for_months_is_left_out_and_the_stretch_is_named(hall):
    cells = wavy(4_000)
    cells[500:3_000] = [33.0] * 2_500
    building = hall(hourly(cells))
    assert left_out(building) == list(range(500, 3_000))
    assert any(
        said.startswith("the meter stood still at 33 kWh from 2025-03-21 20:00")
        for said in building.complaints
    )


def test_a_gap_does_not_hide_a_meter_that_stands_still():
    values = np.array(wavy(400))
    values[100:140] = 5.0
    values[110:125] = np.nan
    assert stuck_stretches(values) == [(100, 139)]


def test_a_coarse_meter_that_repeats_itself_is_not_stuck():
    steps = np.repeat(RANDOM.integers(3, 6, 200), RANDOM.integers(4, 30, 200))
    assert stuck_stretches(steps.astype(float)) == []


def test_half_a_day_of_one_value_is_no_fault():
    values = np.array(wavy(400))
    values[100:112] = 5.0
    assert stuck_stretches(values) == []


def test_a_boiler_that_rests_in_summer_is_kept():
    hour = np.arange(8_760)
    cold = np.maximum(
        0, 5 - 12 * np.sin(hour / 8_760 * 6.283) + RANDOM.normal(size=8760)
    )
    values = np.where((hour % 24 > 5) & (cold > 0), cold, 0.0)
    assert (values[2_000:2_400] == 0).all()
    assert stuck_stretches(values) == []


def test_an_electricity_meter_that_is_dead_for_a_month_is_left_out():
    values = np.array(wavy(3_000))
    values[1_000:1_720] = 0.0
    assert stuck_stretches(values) == [(1_000, 1_719)]


def test_a_building_with_one_value_only_is_unusable_and_the_others_go_on(opened):
    files = opened(hourly(wavy(400), dead=[7.0] * 400, nothing=[""] * 400))
    assert [each.building_id for each in files.buildings] == ["hall"]
    assert "stood still at 7 kWh" in files.unusable["dead"]
    assert files.unusable["nothing"].endswith("there is no usable reading")


def test_temperatures_in_fahrenheit_are_noticed_and_not_used():
    found = cleaned_temperature(np.array([68.0, 70.0, 75.0]))
    assert np.isnan(found.values).all()
    assert "is it in °F?" in found.complaints[0]


def test_a_broken_thermometer_costs_its_hours_only():
    found = cleaned_temperature(np.array([18.0, 850.0, np.nan, 19.0]))
    assert np.isnan(found.values).tolist() == [False, True, True, False]
    assert found.complaints == ("1 temperatures are not credible and are left out",)

"""Months, trend and weather."""

from datetime import date

import numpy as np
import pytest

from cloud.analytics.patterns.seasons import (
    DailyEnergy,
    months,
    sensitivities,
    trend,
)
from tests.cloud.analytics.patterns.conftest import MONDAY


def days(kwh, outdoor_c=np.nan, *, first=MONDAY, seed=0):
    kwh = np.asarray(kwh, dtype=float)
    number = first + np.arange(len(kwh))
    weekday = (number + 3) % 7
    noise = np.random.default_rng(seed).normal(0, 1, len(kwh))
    celsius = np.broadcast_to(np.asarray(outdoor_c, dtype=float), kwh.shape)
    kind = np.select([weekday == 5, weekday == 6], [1, 2], 0)
    return DailyEnergy(number, kwh + noise, kind, celsius)


def week_like(count):
    weekday = np.arange(count) % 7
    return np.where(weekday < 5, 100.0, 40.0)


def test_months_are_the_means_of_their_days():
    energy = days(np.full(40, 50.0), first=MONDAY - 1)  # 1 March
    found = months(energy)
    assert [(each.first, each.days) for each in found] == [
        (date(2026, 3, 1), 31),
        (date(2026, 4, 1), 9),
    ]
    assert found[0].kwh_per_day == pytest.approx(energy.energy_kwh[:31].mean())


def test_a_rising_load_has_a_trend_with_an_interval_around_it():
    count = 140
    rising = week_like(count) * (1 + 0.02 * np.arange(count) / 30.44)
    found = trend(days(rising), [])
    assert found.low < found.percent_per_month < found.high
    assert found.percent_per_month == pytest.approx(2, abs=0.4)
    assert found.low > 0
    assert (found.weeks, found.has_seasons) == (20, False)


def test_noise_without_a_trend_has_an_interval_around_zero():
    inside = 0
    for seed in range(20):
        found = trend(days(week_like(140), seed=seed), [])
        inside += found.low <= 0 <= found.high
    assert inside >= 15  # 18 are expected of 20


def test_weeks_that_resemble_each_other_make_a_trend_less_sure():
    steps = np.repeat(np.random.default_rng(3).normal(0, 6, 7), 21)
    drifting = week_like(147) + steps
    rng = np.random.default_rng(4)
    weeks = np.repeat(rng.permutation(steps[::7]), 7)
    alike, mixed = trend(days(drifting), []), trend(days(week_like(147) + weeks), [])
    assert alike.high - alike.low > 1.2 * (mixed.high - mixed.low)


def test_another_mix_of_days_is_no_trend():
    energy = days(week_like(70))
    late_weekends = np.flatnonzero((energy.kind > 0) & (energy.day > MONDAY + 35))
    some = np.delete(np.arange(70), late_weekends)
    thinned = DailyEnergy(
        energy.day[some], energy.energy_kwh[some], energy.kind[some],
        energy.outdoor_c[some],
    )  # fmt: skip
    assert abs(trend(thinned, []).percent_per_month) < 1


def test_too_few_weeks_and_a_load_of_nothing_have_no_trend():
    assert trend(days(week_like(49)), []) is None
    nothing = days(np.zeros(100))
    zero = DailyEnergy(nothing.day, np.zeros(100), nothing.kind, nothing.outdoor_c)
    assert trend(zero, []) is None
    assert trend(days([]), []) is None


def test_cooling_is_found_with_its_base_and_its_size():
    celsius = np.random.default_rng(1).uniform(15, 35, 120)
    kwh = week_like(120) + 3 * np.maximum(celsius - 22, 0)
    (found,) = sensitivities(days(kwh, celsius))
    assert not found.is_heating
    assert found.base_c == pytest.approx(22, abs=1)
    assert found.kwh_per_degree_day == pytest.approx(3, abs=4 * found.error + 0.1)


def test_heating_and_cooling_may_both_be_found():
    celsius = 12 + 16 * np.sin(np.arange(365) / 365 * 2 * np.pi)
    heat, cool = np.maximum(14 - celsius, 0), np.maximum(celsius - 21, 0)
    found = sensitivities(days(week_like(365) + 4 * heat + 6 * cool, celsius))
    assert [each.is_heating for each in found] == [True, False]


def test_a_load_that_weather_does_not_move_is_not_said_to_be():
    celsius = np.random.default_rng(2).uniform(5, 30, 200)
    assert sensitivities(days(week_like(200), celsius)) == []


def test_without_temperatures_nothing_is_said_of_weather():
    assert sensitivities(days(week_like(200))) == []


def test_what_a_warmer_month_adds_is_no_trend():
    celsius = 18 + np.linspace(0, 14, 120)
    energy = days(week_like(120) + 5 * np.maximum(celsius - 20, 0), celsius)
    alone, corrected = trend(energy, []), trend(energy, sensitivities(energy))
    assert alone.percent_per_month > 10
    assert corrected.is_weather_corrected
    assert abs(corrected.percent_per_month) < 2

"""Days followed one after the other."""

from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.maintenance import hvac
from cloud.analytics.maintenance.baseline import Duty
from cloud.analytics.maintenance.course import Watch, followed
from cloud.analytics.maintenance.simulated import hvac as machines
from cloud.analytics.maintenance.simulated.weather import weather

WATCH = Watch(allowance=0.02, alarm_days=1000, threshold=0.2)


def plain(days=500, worse=1.0, seed=0):
    """Energy in proportion to a metered duty, with 3 % of noise."""
    rng = np.random.default_rng(seed)
    asked = rng.uniform(50, 100, days)
    energy = asked * worse * np.exp(rng.normal(0, 0.03, days))
    return Duty(
        asked[:, None],
        energy,
        asked=asked,
        by_asked=np.array([True]),
        prior=np.array([1.0]),
        spread=np.array([0.5]),
        misfit=0.01,
    )


def step(days=500, onset=300, share=0.15):
    return 1 + share * (np.arange(days) >= onset)


def test_a_sound_asset_has_no_findings_in_a_year_and_more():
    assert [len(followed(plain(seed=seed), WATCH).rises) for seed in range(20)] == (
        [0] * 20
    )


def test_a_step_is_found_within_days_and_dated():
    course = followed(plain(worse=step()), WATCH)
    [rise] = course.rises
    assert abs(rise.start - 300) <= 3
    assert 300 < rise.found <= 310
    assert rise.end is None
    assert course.level(slice(rise.start, None)) == pytest.approx(0.15, abs=0.02)


def test_it_is_over_once_the_energy_is_what_it_was():
    worse = step()
    worse[400:] = 1.0
    [rise] = followed(plain(worse=worse), WATCH).rises
    assert 400 < rise.end < 425


def test_doing_better_is_no_finding():
    assert followed(plain(worse=step(share=-0.2)), WATCH).rises == []


def test_where_less_is_worse_less_is_found():
    duty = replace(plain(worse=step(share=-0.15)), worse=-1)
    assert len(followed(duty, WATCH).rises) == 1


def test_what_a_sound_asset_loses_by_age_is_let_be():
    aged = 1 - 0.06 * np.arange(1000) / 365
    duty = replace(plain(1000, aged), worse=-1)
    assert followed(duty, replace(WATCH, ageing=0.06)).rises == []
    assert followed(duty, WATCH).rises


def test_some_wild_days_are_no_finding():
    worse = np.ones(500)
    worse[[200, 201, 300, 350, 351]] = 3.0
    assert followed(plain(worse=worse), WATCH).rises == []


def test_a_slow_drift_in_the_first_year_is_not_learnt_as_normal():
    worse = 1 + 0.3 * np.clip((np.arange(400) - 60) / 300, 0, 1)
    [rise, *_] = followed(plain(400, worse), WATCH).rises
    assert rise.found < 365


def test_nothing_is_judged_before_four_weeks_and_nothing_found_in_silence():
    duty = plain()
    assert not np.isfinite(followed(duty, WATCH).excess[:28]).any()
    silent = replace(duty, energy=np.full(500, np.nan))
    course = followed(silent, WATCH)
    assert course.fit is None
    assert course.rises == []


def test_a_day_unlike_any_before_is_not_judged():
    duty = plain()
    for part in (duty.rows[:, 0], duty.asked, duty.energy):
        part[450] *= 3.0
    assert np.isnan(followed(duty, WATCH).excess[450])


@pytest.mark.parametrize("days", [120, 401, 560])
def test_no_day_is_judged_by_what_came_after_it(days):
    rng = np.random.default_rng(11)
    sky = weather(rng, 600)
    machine = machines.machine(rng)
    lived, _ = machines.lived(rng, machine, sky, 1 + 0.2 * (np.arange(600) > 380))
    whole = followed(hvac.duty(lived), lived.watch)
    parts = [getattr(lived, name)[:days] for name in lived.__slots__]
    early = followed(hvac.duty(hvac.HvacDays(*parts)), lived.watch)
    np.testing.assert_array_equal(early.excess, whole.excess[:days])
    found = [rise.found for rise in whole.rises if rise.found < days]
    assert [rise.found for rise in early.rises] == found

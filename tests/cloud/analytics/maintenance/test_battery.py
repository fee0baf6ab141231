"""Batteries: capacity, fade, what comes back."""

from datetime import date

import numpy as np
import pytest

from cloud.analytics.maintenance import battery
from cloud.analytics.maintenance.finding import FindingKind

FIRST = date(2025, 3, 1)


def used(capacity_kwh=50.0, round_trip=0.9, days=450, seed=2):
    rng = np.random.default_rng(seed)
    swing = rng.uniform(0.4, 0.9, days)
    out = np.sqrt(round_trip) * np.ones(days)
    noise = np.exp(rng.normal(0, 0.01, (2, days)))
    return battery.BatteryDays(
        capacity_kwh * swing / out * noise[0],
        capacity_kwh * swing * out * noise[1],
        swing,
        np.round(swing, 2),
        np.full(days, np.nan),
    )


def after(day, then, days=450):
    return np.where(np.arange(days) >= day, then, 1.0)


def test_a_failed_module_is_less_capacity():
    found = battery.examine(used(50.0 * after(380, 0.86)), "Battery", FIRST).findings
    [finding] = [each for each in found if each.kind == FindingKind.CAPACITY]
    assert finding.change.level == pytest.approx(0.14, abs=0.02)
    [figure] = finding.figures
    assert figure.after == pytest.approx(0.86 * figure.before, rel=0.03)
    assert "warranty" in finding.advice


def test_losses_that_grow_are_less_coming_back():
    found = battery.examine(used(round_trip=0.9 * after(380, 0.9)), "Battery", FIRST)
    kinds = {finding.kind for finding in found.findings}
    assert FindingKind.EFFICIENCY in kinds


def test_normal_ageing_is_no_finding_but_is_told():
    aged = 50.0 * (1 - 0.025 * np.arange(900) / 365)
    seen = battery.examine(used(aged, days=900), "Battery", FIRST)
    assert seen.findings == ()
    figures = {figure.name: figure for figure in seen.condition}
    assert figures["Capacity lost per year"].after == pytest.approx(2.5, abs=0.5)
    assert figures["Energy out for energy in"].after == pytest.approx(0.9, abs=0.01)


def test_health_knows_its_interval_and_its_cycles():
    aged = 50.0 * (1 - 0.03 * np.arange(700) / 365)
    health = battery.health(used(aged, days=700))
    assert health.per_year.low < 0.03 < health.per_year.high
    assert health.cycles == pytest.approx(700 * 0.65, rel=0.05)
    assert health.capacity_kwh < health.first_kwh


def test_days_that_hardly_swing_tell_no_capacity():
    days = used()
    days.soc_lost[:] = 0.05
    assert battery.health(days) is None
    assert battery.examine(days, "Battery", FIRST).condition == ()

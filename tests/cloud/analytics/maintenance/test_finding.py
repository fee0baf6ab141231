"""A finding's figures, evidence and sentence."""

from datetime import date, timedelta

import numpy as np
import pytest

from cloud.analytics.maintenance import hvac
from cloud.analytics.maintenance.finding import FindingKind, days_until
from cloud.analytics.maintenance.robust import Slope

FIRST = date(2025, 1, 1)
DAYS, ONSET = 480, 400


def machine(worse=1.0, days=DAYS, metered=True, seed=3):
    """A machine that cools and heats; `worse` multiplies its electricity."""
    rng = np.random.default_rng(seed)
    day = np.arange(days)
    outdoor_c = 12 + 10 * np.sin(2 * np.pi * (day - 100) / 365) + rng.normal(0, 3, days)
    hourly_c = outdoor_c[:, None] + 5 * np.cos(2 * np.pi * (np.arange(24) - 15) / 24)
    weekday = (day % 7 < 5).astype(float)
    occupied = weekday[:, None] * ((np.arange(24) > 7) & (np.arange(24) < 18))
    heat_kwh = (200 + 30 * np.abs(outdoor_c - 15)) * (0.4 + 0.6 * weekday)
    cop = 1 / (0.25 + 0.004 * np.abs(hourly_c - 16).mean(axis=1))
    electricity = heat_kwh / cop * worse * np.exp(rng.normal(0, 0.02, days)) + 5
    heat = heat_kwh if metered else np.full(days, np.nan)
    return hvac.HvacDays(electricity, heat, hourly_c, occupied)


def grown(per_day, days=DAYS, onset=ONSET):
    return 1 + per_day * np.clip(np.arange(days) - onset, 0, None)


def examined(worse=1.0, **other):
    return hvac.examine(machine(worse, **other), "Chiller 1", FIRST)


def test_a_step_in_the_cop_is_told_with_its_figures():
    [finding] = examined(1 + 0.18 * (np.arange(DAYS) >= ONSET)).findings
    assert finding.kind == FindingKind.COP
    assert abs(finding.start - FIRST - timedelta(days=ONSET)) <= timedelta(days=3)
    cop, energy = finding.figures
    assert cop.after == pytest.approx(cop.before / 1.18, rel=0.03)
    assert energy.after > energy.before
    assert not finding.change.is_gradual
    assert "since 5 February 2026: its COP is" in finding.sentence
    assert "not getting worse" in finding.sentence
    assert "condenser" in finding.advice
    assert finding.change.confidence > 0.95


def test_a_slow_drift_says_when_the_threshold_comes():
    [finding] = examined(grown(0.002)).findings
    assert finding.change.is_gradual
    likely, early, late = finding.change.days_until
    assert early <= likely <= late
    assert likely == pytest.approx(0.04 / 0.002, rel=0.5)
    assert "At this pace it is 20 % in" in finding.sentence


def test_past_the_threshold_there_is_no_waiting():
    [finding] = examined(grown(0.004)).findings
    assert finding.change.days_until == (0.0, 0.0, 0.0)
    assert "past the 20 %" in finding.sentence


def test_the_evidence_is_a_chart_from_before_the_start_until_now():
    [finding] = examined(grown(0.002)).findings
    days = [seen.day for seen in finding.series]
    assert days[0] < finding.start - timedelta(days=30)
    assert days[-1] == FIRST + timedelta(days=DAYS - 1)
    assert len(days) == (days[-1] - days[0]).days + 1
    last = finding.series[-1]
    assert last.measured_kwh > last.expected_kwh
    assert last.level == pytest.approx(finding.change.level, abs=0.03)
    assert finding.baseline_days > 300


def test_a_repaired_machine_is_told_as_over():
    worse = 1 + 0.18 * (np.arange(DAYS) >= ONSET)
    worse[440:] = 1.0
    [finding] = examined(worse).findings
    assert finding.end is not None
    assert "It is over." in finding.sentence
    assert finding.change.level > 0.1


def test_without_a_heat_meter_it_is_the_electricity_for_weather_and_use():
    worse = 1 + 0.18 * (np.arange(DAYS) >= ONSET)
    [finding] = examined(worse, metered=False).findings
    assert finding.kind == FindingKind.ELECTRICITY
    assert "COP" not in finding.sentence
    assert [figure.unit for figure in finding.figures] == ["kWh"]


def test_how_a_sound_machine_stands_is_told_too():
    seen = examined()
    assert seen.findings == ()
    assert seen.why_none is None
    cop, _ = seen.condition
    assert cop.after == pytest.approx(cop.before, rel=0.03)


def test_three_weeks_are_too_few_and_it_says_so():
    seen = examined(days=21)
    assert seen.findings == ()
    assert "four weeks" in seen.why_none


@pytest.mark.parametrize(
    ("level", "slope", "expected"),
    [
        (0.25, None, (0.0, 0.0, 0.0)),
        (0.1, None, (None, None, None)),
        (0.1, Slope(0.01, 0.005, 0.02), (10.0, 5.0, 20.0)),
        (0.1, Slope(0.01, -0.001, 0.02), (10.0, 5.0, None)),
        (0.1, Slope(-0.01, -0.02, -0.001), (None, None, None)),
        (0.1, Slope(1e-9, 0.0, 2e-9), (None, None, None)),
    ],
)
def test_days_until_the_threshold(level, slope, expected):
    assert days_until(level, slope, 0.2) == pytest.approx(expected)

"""Solar arrays: dirt, lost strings, age."""

from datetime import date

import numpy as np
import pytest

from cloud.analytics.maintenance import pv
from cloud.analytics.maintenance.finding import FindingKind

FIRST = date(2024, 1, 1)
RATED_KW = 100.0


def array(left=1.0, days=500, rain_mm=None, seed=1):
    rng = np.random.default_rng(seed)
    outdoor_c = 18 + 8 * np.sin(2 * np.pi * np.arange(days) / 365)
    sun = rng.uniform(2.0, 7.0, days)
    days_of = pv.PvDays(
        np.zeros(days),
        sun,
        outdoor_c,
        np.full(days, np.nan) if rain_mm is None else rain_mm,
    )
    factor = pv._temperature_factor(days_of)
    made = RATED_KW * 0.85 * sun * factor * left * np.exp(rng.normal(0, 0.015, days))
    days_of.generated_kwh[:] = made
    return days_of


def examined(days):
    return pv.examine(days, "Roof", FIRST, RATED_KW)


def test_the_performance_ratio_has_temperature_taken_out():
    ratio = pv.performance_ratio(array(), RATED_KW)
    assert np.median(ratio) == pytest.approx(0.85, abs=0.01)
    assert np.std(ratio) < 0.02


def test_dirt_that_settles_slowly_is_soiling_and_wants_cleaning():
    left = 1 - np.clip((np.arange(500) - 430) * 0.0025, 0, None)
    [finding] = examined(array(left)).findings
    assert finding.kind == FindingKind.SOILING
    assert "little by little" in finding.sentence
    assert finding.advice.startswith("Clean the modules")


def test_a_string_that_fails_is_output_lost_at_once():
    left = np.where(np.arange(500) >= 400, 0.83, 1.0)
    [finding] = examined(array(left)).findings
    assert finding.kind == FindingKind.OUTPUT_LOST
    assert finding.change.level == pytest.approx(0.17, abs=0.02)
    assert "fuse" in finding.advice


def test_snow_and_dark_days_tell_nothing():
    days = array()
    days.outdoor_c[300:340] = -5.0
    days.generated_kwh[300:340] = 0.0
    days.sunlight_kwh_m2[350:380] = 0.2
    days.generated_kwh[350:380] = 0.0
    assert examined(days).findings == ()


@pytest.mark.parametrize("knows_rain", [True, False])
def test_the_rate_of_soiling_is_read_off_the_sawtooth(knows_rain):
    dry = np.arange(500) % 40
    rain_mm = np.where(dry == 0, 8.0, 0.0) if knows_rain else None
    days = array(1 - 0.001 * dry, rain_mm=rain_mm)
    figures = {figure.name: figure.after for figure in examined(days).condition}
    assert figures["Soiling per dry day"] == pytest.approx(0.1, abs=0.03)


def test_degradation_is_told_after_two_years():
    left = 1 - 0.012 * np.arange(900) / 365
    figures = {f.name: f.after for f in examined(array(left, 900)).condition}
    assert figures["Degradation per year"] == pytest.approx(1.2, abs=0.4)
    names = [figure.name for figure in examined(array()).condition]
    assert "Degradation per year" not in names

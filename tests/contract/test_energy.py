from datetime import timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contract.energy import MAX_GAP, interval_energy, power_energy
from contract.interval import INTERVAL_MS

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
NOON_MS = 1_772_452_800_000
EXACT = 1e-6

STEPS = st.lists(
    st.tuples(st.integers(1, 3 * HOUR_MS), st.floats(0, 50)), min_size=1, max_size=30
)


def counter(*steps):
    """Readings given as (minute, kWh)."""
    at_ms = np.array([NOON_MS + minute * MINUTE_MS for minute, _ in steps])
    return at_ms, np.array([float(kwh) for _, kwh in steps])


def rising(steps, first_kwh=0.0):
    spans, energies = zip(*steps, strict=True)
    at_ms = NOON_MS + np.concatenate(([0], np.cumsum(spans)))
    return at_ms, first_kwh + np.concatenate(([0.0], np.cumsum(energies)))


@given(STEPS)
def test_energy_is_conserved(steps):
    at_ms, kwh = rising(steps)
    energy = interval_energy(at_ms, kwh)
    assert energy.energy_kwh.sum() == pytest.approx(kwh[-1], abs=EXACT)
    assert (energy.energy_kwh >= -EXACT).all()


@given(STEPS)
def test_only_the_energy_of_long_gaps_is_estimated(steps):
    at_ms, kwh = rising(steps)
    long = sum(step for span, step in steps if span > MAX_GAP // timedelta(0, 0, 1000))
    energy = interval_energy(at_ms, kwh)
    assert energy.estimated_kwh.sum() == pytest.approx(long, abs=EXACT)
    assert (energy.estimated_kwh <= energy.energy_kwh + EXACT).all()


@given(STEPS)
def test_coverage_adds_up_to_the_time_that_was_followed(steps):
    at_ms, kwh = rising(steps)
    followed = sum(span for span, _ in steps if span <= HOUR_MS)
    energy = interval_energy(at_ms, kwh)
    covered_ms = energy.coverage.sum() * INTERVAL_MS
    assert covered_ms == pytest.approx(followed, abs=1)
    assert (energy.coverage <= 1 + EXACT).all()
    assert (energy.coverage >= -EXACT).all()


@given(STEPS, st.integers(0, 29))
def test_a_reset_loses_its_own_step_and_nothing_else(steps, place):
    at_ms, kwh = rising(steps, first_kwh=1_000.0)
    place = 1 + place % len(steps)
    known = kwh[-1] - 1_000 - steps[place - 1][1]
    kwh[place:] -= kwh[place]  # starts again at zero
    energy = interval_energy(at_ms, kwh)
    assert energy.energy_kwh.sum() == pytest.approx(known, abs=1e-5)


@given(STEPS)
def test_a_rollover_loses_nothing(steps):
    modulus_kwh = 100_000.0
    at_ms, kwh = rising(steps, first_kwh=99_990.0)
    energy = interval_energy(at_ms, kwh % modulus_kwh, modulus_kwh=modulus_kwh)
    assert energy.energy_kwh.sum() == pytest.approx(kwh[-1] - kwh[0], abs=1e-4)


@given(STEPS, st.integers(1, 29))
def test_a_reading_more_on_the_line_changes_no_energy(steps, place):
    at_ms, kwh = rising(steps)
    place = 1 + place % len(steps)
    assume(at_ms[place] - at_ms[place - 1] > 1)
    middle = (at_ms[place] + at_ms[place - 1]) // 2
    on_line = np.interp(middle, at_ms, kwh)
    more = interval_energy(
        np.insert(at_ms, place, middle), np.insert(kwh, place, on_line)
    )
    plain = interval_energy(at_ms, kwh)
    np.testing.assert_allclose(more.energy_kwh, plain.energy_kwh, atol=EXACT)


@given(STEPS)
def test_intervals_follow_each_other_on_the_grid(steps):
    energy = interval_energy(*rising(steps))
    assert (energy.start_ms % INTERVAL_MS == 0).all()
    assert (np.diff(energy.start_ms) == INTERVAL_MS).all()


def test_a_step_across_two_intervals_is_shared_by_time():
    energy = interval_energy(*counter((13, 100), (17, 110)))
    assert energy.energy_kwh.tolist() == [5, 5]
    assert energy.coverage == pytest.approx([2 / 15, 2 / 15])


def test_hourly_readings_cover_fully():
    energy = interval_energy(*counter((0, 0), (60, 8), (120, 12)))
    assert energy.energy_kwh == pytest.approx([2, 2, 2, 2, 1, 1, 1, 1])
    assert energy.coverage == pytest.approx([1] * 8)
    assert energy.estimated_kwh.tolist() == [0] * 8


def test_a_gap_of_more_than_an_hour_keeps_its_energy_but_covers_nothing():
    energy = interval_energy(*counter((0, 0), (75, 10)))
    assert energy.energy_kwh == pytest.approx([2] * 5)
    assert energy.estimated_kwh == pytest.approx([2] * 5)
    assert energy.coverage.tolist() == [0] * 5


def test_a_reset_is_missing_coverage_not_negative_energy():
    energy = interval_energy(*counter((0, 100), (5, 105), (10, 0), (15, 4)))
    assert energy.energy_kwh == pytest.approx([9])
    assert energy.coverage == pytest.approx([2 / 3])


def test_a_step_down_far_from_the_modulus_is_a_reset():
    energy = interval_energy(*counter((0, 500), (15, 3)), modulus_kwh=100_000)
    assert energy.energy_kwh.tolist() == [0]
    assert energy.coverage.tolist() == [0]


@pytest.mark.parametrize("count", [0, 1])
def test_one_reading_is_no_energy(count):
    readings = counter(*[(0, 5)][:count]) if count else (np.empty(0, int), np.empty(0))
    for energy in (interval_energy(*readings), power_energy(*readings)):
        assert len(energy.start_ms) == len(energy.energy_kwh) == 0


def test_power_is_held_until_the_next_reading_and_all_of_it_is_estimated():
    energy = power_energy(*counter((0, 4), (15, 8), (30, 0)))
    assert energy.energy_kwh.tolist() == [1, 2]
    assert energy.estimated_kwh.tolist() == [1, 2]
    assert energy.coverage.tolist() == [1, 1]


def test_power_is_not_held_over_a_long_gap():
    energy = power_energy(*counter((0, 4), (75, 8), (90, 0)))
    assert energy.energy_kwh == pytest.approx([0] * 5 + [2])
    assert energy.coverage == pytest.approx([0] * 5 + [1])

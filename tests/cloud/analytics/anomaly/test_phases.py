import numpy as np
import pytest

from cloud.analytics.anomaly.phases import Phases, imbalances, unbalance_percent


def hours(rows, *, are_currents):
    values = np.array(rows, dtype=float)
    start_s = 1_767_225_600 + 3600 * np.arange(len(values), dtype=np.int64)
    return Phases(start_s, values, are_currents)


def test_unbalance_is_that_of_the_standards_example():
    """NEMA MG 1, 14.36: 460, 467 and 450 V make 1.96 %."""
    assert unbalance_percent(np.array([[460.0, 467.0, 450.0]])) == pytest.approx(
        1.96, abs=0.005
    )


def test_without_one_phase_or_without_voltage_nothing_is_known():
    rows = np.array([[230.0, np.nan, 230.0], [0.0, 0.0, 0.0]])
    assert np.isnan(unbalance_percent(rows)).all()


def test_voltages_beyond_two_percent_are_told_with_the_figures():
    rows = [[230, 230, 230]] * 5 + [[240, 228, 228]] * 3 + [[230, 230, 230]]
    (told,) = imbalances(hours(rows, are_currents=False))
    assert (told.end_s - told.start_s) / 3600 == 3
    assert told.evidence["unbalance_percent"] == pytest.approx(100 * 8 / 232)
    assert told.evidence["l1_v"] == 240
    assert told.size_kwh is None
    assert not told.is_ongoing


def test_currents_are_held_against_their_own_habit():
    usual, worse = [[30, 20, 10]] * 48, [[40, 10, 10]] * 3
    assert imbalances(hours(usual, are_currents=True)) == []
    (told,) = imbalances(hours(usual + worse, are_currents=True))
    assert told.evidence["limit_percent"] == pytest.approx(75)  # half more than 50 %
    assert told.evidence["unbalance_percent"] == pytest.approx(100)
    assert told.is_ongoing


def test_a_building_that_hardly_runs_may_be_unbalanced():
    usual, idle = [[30, 20, 10]] * 48, [[3, 0, 0]] * 3
    assert imbalances(hours(usual + idle, are_currents=True)) == []

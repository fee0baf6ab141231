import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.forecaster.ring import Ring

STEP_S = 900
STEPS = 8
PUTS = st.lists(st.tuples(st.integers(0, 40), st.floats(-1e3, 1e3, width=32)))


def ring():
    return Ring(STEP_S, STEPS, 1)


@given(PUTS)
def test_the_newest_steps_are_known_at_their_places_and_older_ones_are_not(puts):
    made, known, end = ring(), {}, 0
    for number, value in puts:
        if number < end - STEPS:
            known, end = {}, 0
        made.put(number * STEP_S, (value,))
        known[number] = value
        end = max(end, number + 1)
    found = made.rows(0, 50)[:, 0]
    for number in range(50):
        expected = known.get(number, np.nan) if number >= end - STEPS else np.nan
        np.testing.assert_equal(found[number], expected)


def test_what_is_not_known_changes_nothing():
    made = Ring(STEP_S, STEPS, 2)
    made.put(0, (1.0, np.nan))
    made.put(0, (np.nan, 2.0))
    np.testing.assert_array_equal(made.rows(0, 1), [[1.0, 2.0]])


def test_a_step_never_measured_is_not_the_one_before_it_in_memory():
    made = ring()
    made.put(0, (1.0,))
    made.put((STEPS + 2) * STEP_S, (2.0,))
    assert np.isnan(made.rows(STEP_S, STEPS + 1)).all()


def test_a_copy_does_not_change_with_it():
    made = ring()
    made.put(0, (1.0,))
    copy = made.copy()
    made.put(0, (2.0,))
    assert copy.rows(0, 1) == 1.0


@given(PUTS)
def test_it_outlives_a_restart(puts):
    made, again = ring(), ring()
    for number, value in puts:
        made.put(number * STEP_S, (value,))
    again.recall(made.to_bytes())
    np.testing.assert_array_equal(again.rows(0, 50), made.rows(0, 50))


@pytest.mark.parametrize("raw", [b"", b"x" * 100, Ring(STEP_S, 9, 1).to_bytes()])
def test_a_table_of_another_shape_is_not_taken_up(raw):
    with pytest.raises(ValueError, match="not 8 steps"):
        ring().recall(raw)

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cloud.domain.load_history import LoadHistory
from cloud.forecasting.fitted import Measured
from cloud.forecasting.hourly import learnable
from contract.calendar import Calendar

QUARTER_S = 900


def read_once_an_hour(late_s, hours=48):
    """A counter that is read `late_s` after each full hour: its steps are even."""
    start_s = late_s + QUARTER_S * np.arange(4 * hours)
    energy_kwh = np.repeat(np.random.default_rng(0).uniform(5, 9, hours), 4)
    unknown = np.full(4 * hours, np.nan)
    known = np.ones(4 * hours)
    history = LoadHistory(start_s, energy_kwh, known, unknown, unknown)
    return Measured(history, Calendar(ZoneInfo("Asia/Kolkata")), unknown)


@pytest.mark.parametrize("late_s", [0, 900, 1800, 2700])
def test_hours_begin_where_an_hourly_counter_is_read(late_s):
    node = read_once_an_hour(late_s)
    hours = learnable(node)
    assert hours.series.start_s == late_s
    assert hours.learnt_kw == pytest.approx(node.history.energy_kwh[::4] * 4)
    assert hours.is_origin[1:].all()


def test_nothing_is_learnt_of_nothing():
    node = read_once_an_hour(0, hours=0)
    assert learnable(node).known_hours == 0

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.features import SEED_NEXT_HOUR, seed_next_hour_rows

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
ORIGINS = st.integers(0, 4_000_000_000)
VALUES = st.floats(-1e6, 1e6)


def matrix(origins, zone=KOLKATA, values=(30.0, 0.5, 100.0)):
    count = len(origins)
    columns = [np.full(count, value) for value in values]
    return seed_next_hour_rows(np.array(origins, dtype=np.int64), zone, *columns)


def second(*fields, zone=UTC):
    return int(datetime(*fields, tzinfo=zone).timestamp())


def test_the_columns_are_as_named():
    [row] = matrix([second(2026, 3, 3, 14, 45, zone=KOLKATA)])
    named = dict(zip(SEED_NEXT_HOUR, row, strict=True))
    assert named == {
        "hour": 14,
        "day_of_week": 1,
        "average_temperature_c": 30,
        "occupancy_rate": 0.5,
        "last_hour_load_kw": 100,
    }
    assert row.dtype == np.float32


@given(st.lists(st.tuples(ORIGINS, VALUES, VALUES, VALUES), min_size=1, max_size=20))
def test_one_row_alone_is_the_row_in_a_matrix_of_many(rows):
    origins, *columns = (np.array(column) for column in zip(*rows, strict=True))
    many = seed_next_hour_rows(origins, BERLIN, *columns)
    for place in range(len(rows)):
        one = slice(place, place + 1)
        alone = seed_next_hour_rows(origins[one], BERLIN, *(c[one] for c in columns))
        np.testing.assert_array_equal(alone[0], many[place])


@given(ORIGINS)
def test_hour_and_weekday_are_those_on_the_wall(origin):
    [row] = matrix([origin], BERLIN)
    local = datetime.fromtimestamp(origin, BERLIN)
    assert (row[0], row[1]) == (local.hour, local.weekday())


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)]
)
def test_a_day_has_as_many_rows_as_hours(day, hours):
    start = second(*day, zone=BERLIN)
    next_day = datetime(*day, tzinfo=BERLIN) + timedelta(days=1)
    rows = matrix(range(start, int(next_day.timestamp()), 3_600), BERLIN)
    assert len(rows) == hours
    assert len(set(rows[:, 1])) == 1
    wall = rows[:, 0].tolist()
    assert wall == sorted(wall)
    assert (2.0 in wall) == (hours >= 24)
    assert wall.count(2.0) == hours - 23


def test_no_origin_no_row():
    assert matrix([]).shape == (0, len(SEED_NEXT_HOUR))

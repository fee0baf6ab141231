"""How much of a place is in use by its timetables."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np

from contract.calendar import Calendar
from contract.schedule import scheduled_rate
from contract.timetable import Slot

KOLKATA = ZoneInfo("Asia/Kolkata")
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = Slot(0, time(9), time(11))
SHORT = Slot(0, time(9, 30), time(10))


def hours(zone, *local):
    at = [datetime(*each, tzinfo=zone).astimezone(UTC) for each in local]
    return np.array([int(each.timestamp()) for each in at])


MONDAY = [(2026, 3, 2, hour) for hour in (8, 9, 10, 11)]


def test_it_is_the_share_of_the_rooms_that_have_a_timetable():
    rooms = [[MORNING], [SHORT], []]
    rate = scheduled_rate(rooms, Calendar(KOLKATA), hours(KOLKATA, *MONDAY))
    np.testing.assert_allclose(rate, [0, 0.75, 0.5, 0])


def test_without_timetables_it_is_not_known():
    rate = scheduled_rate([[]], Calendar(KOLKATA), hours(KOLKATA, *MONDAY))
    assert np.isnan(rate).all()


def test_hours_may_begin_between_those_of_the_clock():
    start_s = hours(KOLKATA, (2026, 3, 2, 8, 30))
    np.testing.assert_allclose(
        scheduled_rate([[MORNING]], Calendar(KOLKATA), start_s), [0.5]
    )


def test_nobody_teaches_on_holidays_and_closed_days():
    for days in ({"holidays": frozenset({date(2026, 3, 2)})},
                 {"closed": frozenset({date(2026, 3, 2)})}):  # fmt: skip
        calendar = Calendar(KOLKATA, **days)
        rate = scheduled_rate([[MORNING]], calendar, hours(KOLKATA, *MONDAY))
        np.testing.assert_array_equal(rate, 0)


def test_it_follows_the_clock_on_the_wall_through_both_changes():
    sunday = [Slot(6, time(9), time(10))]
    for day in ((2026, 3, 29), (2026, 10, 25)):
        start_s = hours(BERLIN, (*day, 8), (*day, 9), (*day, 10))
        rate = scheduled_rate([sunday], Calendar(BERLIN), start_s)
        np.testing.assert_array_equal(rate, [0, 1, 0])


def test_many_origins_are_answered_in_their_shape():
    start_s = np.arange(48).reshape(2, 24) * 3_600 + 1_790_000_000 // 3_600 * 3_600
    rate = scheduled_rate([[MORNING]], Calendar(KOLKATA), start_s)
    assert rate.shape == (2, 24)

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.timetable import SiteConfig, Slot, is_scheduled, next_start

BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
MINUTES = st.integers(0, 1439).map(lambda m: time(m // 60, m % 60))
SLOTS = (
    st.tuples(st.integers(0, 6), MINUTES, MINUTES)
    .filter(lambda slot: slot[1] != slot[2])
    .map(lambda slot: Slot(slot[0], *sorted(slot[1:])))
)
TIMETABLES = st.lists(SLOTS, max_size=8)
LOCAL = st.integers(1_577_836_800, 2_051_222_400).map(
    lambda second: datetime.fromtimestamp(second, BERLIN)
)
SUNDAY_AT_TWO = Slot(6, time(2, 15), time(2, 45))


DAYS = st.frozensets(st.dates(date(2020, 1, 1), date(2040, 1, 1)), max_size=8)


@given(TIMETABLES, DAYS, DAYS)
def test_a_configuration_arrives_as_it_was_sent(timetable, holidays, closed):
    tables = {"floor-1/room-101": tuple(timetable)}
    config = SiteConfig("7", "Asia/Kolkata", tables, holidays, closed)
    assert SiteConfig.from_json(config.to_json()) == config


def test_a_configuration_kept_from_before_has_no_free_days():
    kept = {"version": "7", "timezone": "UTC", "timetables": {}}
    config = SiteConfig.from_json(kept)
    assert not config.holidays
    assert not config.closed


@given(SLOTS, LOCAL)
def test_a_slot_is_scheduled_exactly_within_its_span(slot, local):
    inside = local.weekday() == slot.day and slot.start <= local.time() < slot.end
    assert is_scheduled([slot], local) == inside


@given(TIMETABLES, LOCAL)
def test_the_next_start_lies_ahead_within_a_week_and_begins_a_slot(timetable, local):
    start = next_start(timetable, local)
    if not timetable:
        assert start is None
        return
    wall = start.replace(tzinfo=None) - local.replace(tzinfo=None)
    assert timedelta(0) < wall <= timedelta(days=7)
    assert any((start.weekday(), start.time()) == (s.day, s.start) for s in timetable)


@given(TIMETABLES, LOCAL)
def test_no_slot_begins_before_the_next_start(timetable, local):
    start = next_start(timetable, local)
    for slot in timetable:
        assert next_start([slot], local) >= start


def test_the_end_of_a_slot_is_outside_and_its_start_inside():
    slot = Slot(0, time(9), time(10))
    monday = datetime(2026, 3, 2, tzinfo=KOLKATA)
    assert is_scheduled([slot], monday.replace(hour=9))
    assert not is_scheduled([slot], monday.replace(hour=10))
    assert next_start([slot], monday.replace(hour=9)) == datetime(
        2026, 3, 9, 9, tzinfo=KOLKATA
    )


def test_on_the_day_of_23_hours_an_hour_that_is_skipped_is_never_scheduled():
    """29 March 2026: at 02:00 the clocks in Berlin show 03:00."""
    start = datetime(2026, 3, 29, 0, tzinfo=BERLIN).astimezone(UTC)
    minutes = [start + timedelta(minutes=m) for m in range(23 * 60)]
    assert minutes[-1].astimezone(BERLIN).date().day == 29
    assert not any(is_scheduled([SUNDAY_AT_TWO], m.astimezone(BERLIN)) for m in minutes)
    nine = Slot(6, time(9), time(10))
    scheduled = [m for m in minutes if is_scheduled([nine], m.astimezone(BERLIN))]
    assert len(scheduled) == 60
    assert scheduled[0] == datetime(2026, 3, 29, 7, tzinfo=UTC)


def test_on_the_day_of_25_hours_an_hour_that_comes_twice_is_scheduled_twice():
    """25 October 2026: at 03:00 the clocks in Berlin show 02:00."""
    start = datetime(2026, 10, 25, 0, tzinfo=BERLIN).astimezone(UTC)
    minutes = [start + timedelta(minutes=m) for m in range(25 * 60)]
    scheduled = [
        m for m in minutes if is_scheduled([SUNDAY_AT_TWO], m.astimezone(BERLIN))
    ]
    assert len(scheduled) == 60
    whole_day = Slot(6, time(0), time(23, 59))
    assert sum(is_scheduled([whole_day], m.astimezone(BERLIN)) for m in minutes) == (
        25 * 60 - 1
    )


def test_the_next_start_keeps_the_wall_clock_across_a_change_of_time():
    slot = Slot(6, time(9), time(10))
    saturday = datetime(2026, 3, 28, 12, tzinfo=BERLIN)
    start = next_start([slot], saturday)
    assert start.astimezone(UTC) == datetime(2026, 3, 29, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        [7, "09:00", "10:00"],
        [-1, "09:00", "10:00"],
        [0, "10:00", "09:00"],
        [0, "09:00", "09:00"],
        [0, "9", "25:00"],
        [0, "09:00"],
        ["0", "09:00", "10:00"],
        {},
        None,
    ],
    ids=str,
)
def test_a_malformed_slot_is_refused(raw):
    with pytest.raises(ValueError, match=r"."):
        Slot.from_json(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        [],
        {"version": 1, "timezone": "UTC", "timetables": {}},
        {"version": "1", "timezone": "UTC"},
        {"version": "1", "timezone": "UTC", "timetables": {"room": [[9]]}},
        {"version": "1", "timezone": "UTC", "timetables": {}, "holidays": "2026"},
        {"version": "1", "timezone": "UTC", "timetables": {}, "closed": ["1 May"]},
        {"version": "1", "timezone": "UTC", "timetables": {}, "closed": [0] * 1001},
    ],
    ids=str,
)
def test_a_malformed_configuration_is_refused(raw):
    with pytest.raises(ValueError, match=r"."):
        SiteConfig.from_json(raw)

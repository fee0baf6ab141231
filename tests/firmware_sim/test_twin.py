from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from firmware_sim.campus import RoomType, buildings, rooms
from firmware_sim.twin import CampusTwin

ROOMS = rooms(7, buildings(2))
KIND = np.array([room.type for room in ROOMS])
MONDAY = datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Kolkata"))
MINUTE_MS = 60_000


def ms(at):
    return int(at.astimezone(UTC).timestamp() * 1000)


def twin_at(at):
    twin = CampusTwin(7, ROOMS)
    twin.advance(ms(at))
    return twin


def states(start=MONDAY, hours=7 * 24, every=timedelta(hours=1)):
    twin = CampusTwin(7, ROOMS)
    for n in range(int(timedelta(hours=hours) / every)):
        local = start + n * every
        twin.advance(ms(local))
        yield local, twin.state, twin.table.hour(local)


def within(values, low, high):
    return bool(((values >= low) & (values <= high)).all())


def test_two_twins_of_one_seed_are_equal():
    one, other = twin_at(MONDAY), twin_at(MONDAY)
    later = ms(MONDAY + timedelta(hours=30))
    one.advance(later)
    other.advance(later)
    assert (one.state.total_kw == other.state.total_kw).all()
    assert (one.state.energy_kwh == other.state.energy_kwh).all()


def test_the_path_through_time_does_not_matter():
    leaping, walking = twin_at(MONDAY), twin_at(MONDAY)
    leaping.advance(ms(MONDAY + timedelta(hours=26)))
    for minutes in range(7, 26 * 60 + 7, 7):
        walking.advance(ms(MONDAY + timedelta(minutes=min(minutes, 26 * 60))))
    assert walking.state.total_kw == pytest.approx(leaping.state.total_kw)
    assert walking.state.energy_kwh == pytest.approx(leaping.state.energy_kwh)


def test_counters_hold_exactly_the_loads_of_the_minutes_before():
    twin = twin_at(MONDAY + timedelta(hours=8, minutes=50))
    expected = twin.state.energy_kwh.copy()
    for _ in range(45):
        expected += twin.state.total_kw / 60
        twin.advance(twin.at_ms + MINUTE_MS)
        assert twin.state.energy_kwh == pytest.approx(expected, abs=1e-9)


def test_total_is_the_sum_of_its_parts():
    for _, state, _ in states(hours=24):
        parts = state.base_kw + state.ac_kw + state.light_kw + state.equipment_kw
        assert state.total_kw == pytest.approx(parts)


def test_equipment_follows_the_timetable():
    lab, classroom = KIND == RoomType.LAB, KIND == RoomType.CLASSROOM
    for _, state, hour in states():
        on, off = hour.scheduled, ~hour.scheduled
        assert within(state.equipment_kw[classroom & on], 0.2, 0.5)
        assert within(state.equipment_kw[lab & on], 2.5, 4.0)
        assert (state.equipment_kw[classroom & off] == 0.1).all()
        assert (state.equipment_kw[lab & off] == 0.3).all()


def test_staff_rooms_use_a_moderate_constant():
    seen = [state.equipment_kw[KIND == RoomType.STAFF] for _, state, _ in states()]
    assert within(seen[0], 0.3, 0.5)
    assert all((load == seen[0]).all() for load in seen)


def test_cooling_runs_where_it_is_hot_and_somebody_is_there():
    cooled = 0
    for _, state, hour in states():
        cooling = (state.temperature_c > 29) & hour.occupied
        cooled += cooling.sum()
        assert within(state.ac_kw[cooling], 1.5, 2.0)
        assert (state.ac_kw[~cooling] == 0.2).all()
    assert cooled > 1000


def test_light_is_on_where_somebody_is():
    for _, state, hour in states():
        assert within(state.light_kw[hour.occupied], 0.3, 0.5)
        assert (state.light_kw[~hour.occupied] == 0.05).all()


def test_temperature_stays_between_24_and_36_and_swings_with_the_day():
    warmth = {local.hour: s.temperature_c for local, s, _ in states(hours=24)}
    assert within(np.array(list(warmth.values())), 24, 36)
    assert warmth[15].mean() - warmth[4].mean() > 5
    assert np.ptp(warmth[15]) > 1


def test_scheduled_rooms_stand_empty_and_others_are_used():
    empty = busy = 0
    for local, _, hour in states():
        if 9 <= local.hour < 17 and local.weekday() < 5:
            empty += (hour.scheduled & ~hour.occupied).mean()
            busy += (~hour.scheduled & hour.occupied).mean()
    assert empty > 1
    assert busy > 1


def test_occupancy_changes_on_the_local_hour_only():
    before = None
    for local, state, _ in states(hours=12, every=timedelta(minutes=10)):
        if before is not None and local.minute:
            assert (state.occupied == before).all()
        before = state.occupied


def test_a_setback_saves_a_fifth_of_a_kilowatt_while_the_room_is_empty():
    night = MONDAY + timedelta(hours=1)
    twin = twin_at(night)
    twin.advance(ms(night))
    vacant = np.flatnonzero(~twin.state.occupied)[:20]
    for place in vacant:
        twin.set_relays(int(place), 0, 0, None)
    twin.advance(ms(night + timedelta(minutes=31)))
    assert twin.saved_kwh == pytest.approx(20 * 0.2 * 0.5)  # from the next step on


def test_controlled_and_uncontrolled_twin_see_one_world_and_differ_by_the_setbacks():
    controlled, free = twin_at(MONDAY), twin_at(MONDAY)
    setback_hours = 0
    for n in range(1, 3 * 24 * 60 + 1):
        hour_begins = n % 60 == 1
        if hour_begins:
            hour = controlled.table.hour(MONDAY + timedelta(minutes=n))
            set_back = ~hour.scheduled & ~hour.occupied
            for place in range(len(ROOMS)):
                relay = 0 if set_back[place] else 1
                controlled.set_relays(place, relay, relay, None)
        at = ms(MONDAY + timedelta(minutes=n))
        controlled.advance(at)
        free.advance(at)
        acting = (controlled.ac_relay == 0) & ~controlled.state.occupied
        assert (controlled.state.ac_kw[acting] == 0).all()
        assert (controlled.state.occupied == free.state.occupied).all()
        setback_hours += acting.sum() / 60
    at = ms(MONDAY + timedelta(minutes=3 * 24 * 60 + 1))
    controlled.advance(at)
    free.advance(at)
    assert setback_hours > 1000
    assert controlled.saved_kwh == pytest.approx(0.2 * setback_hours)
    assert free.used_kwh - controlled.used_kwh == pytest.approx(0.2 * setback_hours)
    assert free.saved_kwh == 0


def test_presence_overrides_the_setback():
    noon = MONDAY + timedelta(hours=12)
    twin = twin_at(noon)
    free = twin_at(noon)
    for place in range(len(ROOMS)):
        twin.set_relays(place, 0, 0, None)
    twin.advance(ms(noon) + MINUTE_MS)
    free.advance(ms(noon) + MINUTE_MS)
    occupied = twin.state.occupied
    assert occupied.sum() > 10
    assert (twin.state.total_kw[occupied] == free.state.total_kw[occupied]).all()
    assert (twin.state.ac_kw[~occupied] == 0).all()
    assert (twin.state.light_kw[~occupied] == 0.05).all()


def test_relays_go_back_by_themselves_when_the_reversion_time_is_over():
    night = MONDAY + timedelta(hours=1)
    twin = twin_at(night)
    place = int(np.flatnonzero(~twin.state.occupied)[0])
    twin.set_relays(place, 0, 0, ms(night) + 10 * MINUTE_MS)
    assert twin.reversion_left_s(place, ms(night)) == 600
    twin.advance(ms(night) + 9 * MINUTE_MS)
    assert twin.ac_relay[place] == 0
    assert twin.state.ac_kw[place] == 0
    twin.advance(ms(night) + 40 * MINUTE_MS)
    assert twin.ac_relay[place] == twin.light_relay[place] == 1
    assert twin.state.ac_kw[place] == 0.2
    assert twin.reversion_left_s(place, twin.at_ms) == 0
    assert twin.saved_kwh == pytest.approx(0.2 * 9 / 60)


def test_truth_of_a_step_is_the_sum_of_its_rooms():
    twin = twin_at(MONDAY + timedelta(hours=10))
    twin.advance(twin.at_ms + 100 * MINUTE_MS)
    truth = twin.truth()
    assert truth.campus_kw == pytest.approx(twin.state.total_kw.sum())
    assert truth.building_kw[1] == pytest.approx(twin.state.total_kw[105:].sum())
    assert twin.truth(twin.at_ms - 50 * MINUTE_MS).at_ms == twin.steps_ms()[50]
    assert twin.truth(twin.at_ms + MINUTE_MS) is None
    assert twin.truth(twin.steps_ms()[0] - 1) is None


def test_saved_energy_of_a_step_is_what_was_saved_until_it_began():
    night = MONDAY + timedelta(hours=1)
    twin = twin_at(night)
    place = int(np.flatnonzero(~twin.state.occupied)[0])
    twin.set_relays(place, 0, 0, None)
    twin.advance(ms(night) + 3 * MINUTE_MS)
    saved = [twin.truth(ms(night) + n * MINUTE_MS).saved_kwh for n in range(4)]
    assert saved == pytest.approx([0, 0, 0.2 / 60, 0.4 / 60])


def test_a_year_has_no_step_twice_or_left_out_where_clocks_change():
    twin = CampusTwin(7, ROOMS[:35], timezone="America/New_York")
    start = datetime(2026, 10, 31, tzinfo=UTC)
    twin.advance(ms(start))
    twin.advance(ms(start + timedelta(days=3)))
    assert np.diff(twin.steps_ms()).tolist() == [MINUTE_MS] * (3 * 24 * 60)

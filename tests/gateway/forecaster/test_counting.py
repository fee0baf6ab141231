from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from cloud.analytics.origins import means
from cloud.domain.load_history import LoadHistory
from contract.energy import interval_energy
from contract.interval import to_ms
from contract.inventory import Inventory
from contract.reading import Reading
from gateway.forecaster.counting import Counting
from gateway.forecaster.known import Known, empty_memory
from gateway.forecaster.weather import KeptWeather
from tests.gateway.forecaster.lived import COUNTER, INVENTORY, NOON, ROOMS, SITE
from tests.published import SUBJECT

HOUR = timedelta(hours=1)


def readings(start, end, *, every=timedelta(minutes=1), power_kw=12.0, rise_kw=0.0):
    """Yield what the meters say; the power rises by `rise_kw` a reading."""
    at, kwh = start, 1_000.0
    while at <= end:
        yield Reading(COUNTER, at, kwh)
        for place, room in enumerate(ROOMS):
            celsius = 24.0 + at.hour / 4 + place
            yield Reading(f"{room}/meter/temperature_c", at, celsius)
            yield Reading(f"{room}/meter/occupancy", at, float(place))
        kwh += power_kw * every / HOUR
        power_kw += rise_kw
        at += every


def counted(made, now=NOON):
    counting = Counting.of(INVENTORY, SUBJECT)
    for reading in made:
        counting.keep(reading)
    return {quarter.start_s: quarter for quarter in counting.quarters(to_ms(now))}


def loads_kw(made, now=NOON):
    return [quarter.load_kw for quarter in counted(made, now).values()]


def test_the_load_of_each_quarter_hour_follows_from_the_counter():
    found = loads_kw(readings(NOON - 3 * HOUR, NOON))
    np.testing.assert_allclose(found, 12.0)
    assert len(found) == 8


@pytest.mark.parametrize("every_s", [7, 60, 600, 3600])
def test_the_energy_is_the_same_however_often_a_counter_is_read(every_s):
    every = timedelta(seconds=every_s)
    made = list(readings(NOON - 3 * HOUR, NOON, every=every, rise_kw=every_s / 1000))
    trail = [(to_ms(r.at), r.value) for r in made if r.point == COUNTER]
    whole = interval_energy(
        np.array([at for at, _ in trail]), np.array([kwh for _, kwh in trail])
    )
    expected = dict(zip(whole.start_ms // 1000, 4 * whole.energy_kwh, strict=True))
    for start_s, quarter in counted(made).items():
        if np.isfinite(quarter.load_kw):
            assert quarter.load_kw == pytest.approx(expected[start_s])


def test_a_meter_exchanged_leaves_its_quarter_hour_unknown():
    half = NOON - timedelta(minutes=37)
    made = list(readings(NOON - 3 * HOUR, half))
    for reading in readings(half + timedelta(minutes=1), NOON):
        is_counter = reading.point == COUNTER
        made.append(replace(reading, value=reading.value - 999 * is_counter))
    found = loads_kw(made)
    assert np.isnan(found).tolist() == [False] * 5 + [True] + [False] * 2


def test_a_gap_up_to_an_hour_is_filled_when_the_meter_is_back():
    away = NOON - 2 * HOUR, NOON - 2 * HOUR + timedelta(minutes=50)
    made = [
        reading
        for reading in readings(NOON - 3 * HOUR, NOON)
        if not away[0] < reading.at < away[1]
    ]
    np.testing.assert_allclose(loads_kw(made), 12.0)


def test_a_longer_gap_stays_unknown():
    made = [
        reading
        for reading in readings(NOON - 3 * HOUR, NOON)
        if not NOON - 2 * HOUR < reading.at < NOON - timedelta(minutes=30)
    ]
    assert np.isnan(loads_kw(made)).sum() == 6


def test_it_is_complete_once_every_counter_was_read_at_the_end():
    counting = Counting.of(Inventory(INVENTORY.devices[1:]), SUBJECT)
    points = [f"{room}/meter/energy_import_kwh" for room in ROOMS]
    counting.keep(Reading(points[0], NOON, 1.0))
    assert not counting.is_complete(to_ms(NOON))
    counting.keep(Reading(points[1], NOON + timedelta(seconds=9), 1.0))
    assert counting.is_complete(to_ms(NOON))


def test_without_a_main_meter_the_topmost_meters_add_up():
    counting = Counting.of(Inventory(INVENTORY.devices[1:]), SUBJECT)
    points = [f"{room}/meter/energy_import_kwh" for room in ROOMS]
    assert list(counting.counters) == points
    assert list(Counting.of(INVENTORY, SUBJECT).counters) == [COUNTER]


def test_a_clock_that_is_stepped_back_does_not_break_the_count():
    made = list(readings(NOON - HOUR, NOON + 5 * HOUR))
    again = readings(NOON - 2 * HOUR, NOON)
    assert np.isfinite(loads_kw([*made, *again])).all()


def test_what_is_kept_stays_small_however_often_meters_are_read():
    counting = Counting.of(INVENTORY, SUBJECT)
    for reading in readings(NOON - 12 * HOUR, NOON, every=timedelta(seconds=5)):
        counting.keep(reading)
    assert len(counting.to_bytes()) < 3_000
    assert sum(map(len, counting._means.values())) <= 4 * 2 * 26


def test_a_count_outlives_a_restart():
    before, after = (Counting.of(INVENTORY, SUBJECT) for _ in range(2))
    for reading in readings(NOON - 3 * HOUR, NOON):
        before.keep(reading)
    after.recall(before.to_bytes())
    after.keep(Reading(COUNTER, NOON + HOUR, 1_000 + 4 * 12))
    later = list(after.quarters(to_ms(NOON + HOUR)))
    np.testing.assert_allclose([quarter.load_kw for quarter in later], 12.0)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"x": 5}', b"\xff"])
def test_what_is_no_count_is_not_taken_up(raw):
    counting = Counting({"x": None}, {})
    with pytest.raises(ValueError, match=r"."):
        counting.recall(raw)


def test_the_edge_knows_what_the_cloud_trains_on():
    made = list(readings(NOON - 3 * HOUR, NOON, power_kw=17.3, rise_kw=0.01))
    counting, memory = Counting.of(INVENTORY, SUBJECT), empty_memory()
    for reading in made:
        counting.keep(reading)
        if to_ms(reading.at) % 900_000 == 0:
            for q in counting.quarters(to_ms(reading.at)):
                memory.put(q.start_s, (q.load_kw, q.temperature_c, q.occupancy_rate))
    in_cloud = means(rolled_up(made))
    at_s = to_ms(NOON) // 1000 - 900 * np.arange(6)
    at_edge = Known(int(at_s[0]), memory, KeptWeather(), SITE).origins(at_s)
    np.testing.assert_allclose(at_edge.load_kw[:, :1], in_cloud.past_kw(at_s, 1))
    np.testing.assert_allclose(at_edge.occupancy_rate, in_cloud.occupied(at_s))


def rolled_up(made):
    counter = [(to_ms(r.at), r.value) for r in made if r.point == COUNTER]
    energy = interval_energy(
        np.array([at for at, _ in counter]), np.array([kwh for _, kwh in counter])
    )

    def mean(quantity):
        return np.array(
            [
                np.mean(
                    [
                        r.value
                        for r in made
                        if r.point.endswith(quantity)
                        and start <= to_ms(r.at) < start + 900_000
                    ]
                )
                for start in energy.start_ms
            ]
        )

    return LoadHistory(
        energy.start_ms // 1000,
        energy.energy_kwh,
        energy.coverage,
        mean("temperature_c"),
        mean("occupancy"),
    )

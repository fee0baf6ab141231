from datetime import UTC, datetime, timedelta

import pytest

from cloud.store.bulk import execute
from contract.inventory import Role
from contract.quantity import Quantity

START = int(datetime(2026, 9, 21, 6, tzinfo=UTC).timestamp())
PHYSICS = "campus/science/physics"
FLOOR = f"{PHYSICS}/floor-1"
ROOM, OTHER = f"{FLOOR}/room-101", f"{FLOOR}/room-102"
QUARTER, HOUR = 900, 3600

ENERGY = f"{ROOM}/meter/energy_import_kwh"
POWER = f"{ROOM}/meter/active_power_kw"
OTHERS = f"{OTHER}/meter/energy_import_kwh"
MAIN = f"{PHYSICS}/main/energy_import_kwh"


def at(second):
    return (START + second) * 1000


def counter(point, *steps):
    """Readings of (second after the start, kWh)."""
    return [(point, at(second), kwh) for second, kwh in steps]


def every(point, seconds, until, kwh_per_step=1.0, start=0):
    return counter(
        point,
        *(
            (second, kwh_per_step * (second // seconds))
            for second in range(start, until + 1, seconds)
        ),
    )


@pytest.fixture
def physics(gateway, meter):
    sender = gateway(PHYSICS, meter(ROOM), meter(OTHER))
    sender.now_ms = at(400 * 24 * HOUR)
    return sender


def test_a_counter_becomes_energy_of_the_interval(physics, rollup, figures):
    physics.send(physics.batch(*counter(ENERGY, (0, 10.0), (450, 10.5), (900, 11.5))))
    rollup()
    assert figures(ROOM) == {START: 1.5}
    assert figures(ROOM, "coverage") == {START: 1.0}
    assert figures(ROOM, "estimated_kwh") == {START: 0.0}
    assert figures(ROOM, "peak_kw") == {START: pytest.approx(6.0)}


def test_a_step_across_an_edge_is_shared_by_time(physics, rollup, figures):
    physics.send(physics.batch(*counter(ENERGY, (780, 100), (1020, 110))))
    rollup()
    assert figures(ROOM) == {START: pytest.approx(5), START + 900: pytest.approx(5)}
    assert figures(ROOM, "coverage")[START] == pytest.approx(2 / 15)
    assert figures(ROOM, "peak_kw")[START] is None


def test_hourly_readings_cover_every_interval(physics, rollup, figures):
    physics.send(physics.batch(*every(ENERGY, HOUR, 3 * HOUR, 4.0)))
    rollup()
    assert list(figures(ROOM).values()) == [1.0] * 12
    assert set(figures(ROOM, "coverage").values()) == {1.0}
    assert figures(ROOM, resolution=60) == {START + n * HOUR: 4.0 for n in range(3)}


def test_a_gap_keeps_its_energy_but_covers_nothing(physics, rollup, figures):
    physics.send(physics.batch(*counter(ENERGY, (0, 0), (5 * HOUR, 20))))
    rollup()
    assert list(figures(ROOM).values()) == [pytest.approx(1.0)] * 20
    assert set(figures(ROOM, "coverage").values()) == {0.0}
    assert sum(figures(ROOM, "estimated_kwh").values()) == pytest.approx(20)
    assert set(figures(ROOM, "peak_kw").values()) == {None}


def test_a_gap_of_days_between_two_uploads_is_found(physics, rollup, figures):
    physics.send(physics.batch(*every(ENERGY, 60, 1800, 0.1)))
    rollup()
    away = 9 * 24 * HOUR
    physics.send(physics.batch(*counter(ENERGY, (away, 903.0), (away + 900, 904.0))))
    rollup()
    assert sum(figures(ROOM).values()) == pytest.approx(904.0)
    assert sum(figures(ROOM, "estimated_kwh").values()) == pytest.approx(900.0)
    assert sum(figures(ROOM, resolution=1440).values()) == pytest.approx(904.0)


def test_late_data_fills_the_gap_and_corrects_every_total(physics, rollup, figures):
    readings = every(ENERGY, HOUR, 30 * HOUR, 2.0)
    early, late, last = readings[:6], readings[6:20], readings[20:]
    batches = [physics.batch(*part) for part in (early, late, last)]
    physics.send(batches[0])
    rollup()
    physics.send(batches[2])
    rollup()
    assert sum(figures(ROOM).values()) == pytest.approx(60)
    assert sum(figures(ROOM, "estimated_kwh").values()) == pytest.approx(30)
    physics.send(batches[1])
    rollup()
    for path in (ROOM, FLOOR, PHYSICS, "campus/science", "campus"):
        for resolution in (15, 60, 1440):
            assert sum(figures(path, resolution=resolution).values()) == 60
            estimated = figures(path, "estimated_kwh", resolution=resolution)
            assert sum(estimated.values()) == 0
    assert set(figures(ROOM, "coverage").values()) == {1.0}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_order_of_arrival_does_not_matter(physics, rollup, figures, order):
    parts = [
        counter(ENERGY, (0, 0.0), (900, 1.0), (1800, 3.0)),
        counter(ENERGY, (4 * HOUR, 10.0), (4 * HOUR + 900, 11.0)),
        counter(ENERGY, (9 * HOUR, 21.0), (9 * HOUR + 900, 25.0)),
    ]
    batches = [physics.batch(*part) for part in parts]
    for place in order:
        physics.send(batches[place])
        rollup()
    assert sum(figures(ROOM).values()) == pytest.approx(25.0)
    assert figures(ROOM)[START + 900] == pytest.approx(2.0)
    assert figures(ROOM)[START + 9 * HOUR] == pytest.approx(4.0)
    covered = sum(figures(ROOM, "coverage").values())
    assert covered == pytest.approx(4)


def test_a_reset_is_missing_coverage_not_negative_energy(physics, rollup, figures):
    steps = (0, 100.0), (300, 105.0), (600, 0.0), (900, 4.0)
    physics.send(physics.batch(*counter(ENERGY, *steps)))
    rollup()
    assert figures(ROOM) == {START: pytest.approx(9.0)}
    assert figures(ROOM, "coverage")[START] == pytest.approx(2 / 3)


def test_power_stands_in_where_there_is_no_counter(gateway, meter, rollup, figures):
    pzem = meter(ROOM, quantities=(Quantity.ACTIVE_POWER_KW,))
    sender = gateway(PHYSICS, pzem)
    sender.send(sender.batch((POWER, at(0), 2.0), (POWER, at(900), 7.0)))
    rollup()
    assert figures(ROOM) == {START: pytest.approx(0.5)}
    assert figures(ROOM, "estimated_kwh") == {START: pytest.approx(0.5)}
    assert figures(ROOM, "coverage") == {START: 1.0}
    assert figures(ROOM, "peak_kw") == {START: pytest.approx(2.0)}


def test_the_main_meter_wins_and_children_stand_in_for_it(
    gateway, meter, rollup, figures
):
    main = meter(PHYSICS, "main", quantities=(Quantity.ENERGY_IMPORT_KWH,))
    sender = gateway(PHYSICS, meter(ROOM), meter(OTHER), main)
    sender.send(
        sender.batch(
            *every(ENERGY, 900, 2700), *every(OTHERS, 900, 2700), *every(MAIN, 900, 900)
        )
    )
    rollup()
    assert list(figures(FLOOR).values()) == [2.0, 2.0, 2.0]
    assert list(figures(PHYSICS).values()) == [1.0, 2.0, 2.0]
    assert list(figures("campus").values()) == [1.0, 2.0, 2.0]


def test_a_silent_room_lowers_the_coverage_above_it(physics, rollup, figures):
    physics.send(physics.batch(*every(ENERGY, 900, 900), *every(OTHERS, 900, 1800)))
    rollup()
    assert figures(FLOOR) == {START: 2.0, START + 900: 1.0}
    assert figures(FLOOR, "coverage") == {START: 1.0, START + 900: 0.5}
    assert figures("campus", "coverage") == {START: 1.0, START + 900: 0.5}


def test_loads_climate_savings_and_production_have_their_columns(
    gateway, meter, rollup, figures
):
    room = meter(
        ROOM,
        quantities=(
            Quantity.AC_POWER_KW,
            Quantity.LIGHT_POWER_KW,
            Quantity.TEMPERATURE_C,
            Quantity.OCCUPANCY,
            Quantity.ENERGY_SAVED_KWH,
        ),
    )
    solar = meter(
        PHYSICS,
        "pv",
        (Quantity.GENERATED_POWER_KW, Quantity.ENERGY_GENERATED_KWH),
        role=Role.PRODUCTION,
    )
    sender = gateway(PHYSICS, room, solar)
    values = {
        f"{ROOM}/meter/ac_power_kw": (2.0, 2.0),
        f"{ROOM}/meter/light_power_kw": (0.4, 0.4),
        f"{ROOM}/meter/temperature_c": (-4.0, 30.0),
        f"{ROOM}/meter/occupancy": (1.0, 0.0),
        f"{ROOM}/meter/energy_saved_kwh": (5.0, 5.25),
        f"{PHYSICS}/pv/generated_power_kw": (99.0, 99.0),
        f"{PHYSICS}/pv/energy_generated_kwh": (1.0, 3.0),
    }
    readings = [
        (point, at(900 * place), pair[place])
        for point, pair in values.items()
        for place in (0, 1)
    ]
    sender.send(sender.batch(*readings))
    rollup()
    for column, expected in {
        "ac_kwh": 0.5,
        "light_kwh": 0.1,
        "base_kwh": None,
        "temperature_c": -4.0,
        "occupancy_rate": 1.0,
        "saved_kwh": 0.25,
        "energy_kwh": None,
    }.items():
        for path in (ROOM, "campus"):
            assert figures(path, column)[START] == pytest.approx(expected), column
    assert figures("campus", "generated_kwh") == {START: 2.0}


def test_simulated_readings_never_mix_with_measured_ones(
    gateway, meter, rollup, figures
):
    sender = gateway(PHYSICS, meter(ROOM), meter(OTHER, simulated=True))
    sender.send(sender.batch(*every(ENERGY, 900, 900), *every(OTHERS, 900, 900, 5.0)))
    rollup()
    assert figures("campus") == {START: 1.0}
    assert figures("campus", simulated=True) == {START: 5.0}
    assert figures("campus", "coverage") == {START: 1.0}


def test_rooms_add_up_to_the_campus_over_two_gateways(gateway, meter, rollup, figures):
    total = 0.0
    for slug, step in (("physics", 0.25), ("biology", 0.75)):
        node = f"campus/science/{slug}"
        rooms = [f"{node}/floor-{n}/room-{n}01" for n in (1, 2)]
        sender = gateway(node, *map(meter, rooms))
        for room in rooms:
            point = f"{room}/meter/energy_import_kwh"
            sender.send(sender.batch(*every(point, HOUR, 30 * HOUR, step)))
            total += 30 * step
    rollup()
    for resolution in (15, 60, 1440):
        assert sum(figures("campus", resolution=resolution).values()) == total
    assert set(figures("campus", "coverage", 60).values()) == {1.0}


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("Europe/Berlin", "2026-06-01", 24),
        ("Asia/Kolkata", "2026-06-01", 24),
    ],
)
def test_days_are_the_sites_own(physics, rollup, figures, zone, name, day, hours):
    from zoneinfo import ZoneInfo

    zone("campus", name)
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(name))
    start = int(midnight.timestamp())
    shift = start - START
    readings = [(ENERGY, at(shift + n * HOUR), float(n)) for n in range(-30, 60)]
    physics.send(
        physics.batch(*((point, when, value + 100) for point, when, value in readings))
    )
    rollup()
    days = figures(ROOM, resolution=1440)
    assert days[start] == hours
    assert figures(ROOM, "coverage", 1440)[start] == 1.0
    assert start + hours * HOUR in days
    hourly = figures(ROOM, resolution=60)
    assert {(second - start) % HOUR for second in hourly} == {0}
    assert sum(hourly.values()) == sum(days.values()) == 89


def test_a_days_coverage_counts_the_hours_still_to_come(physics, rollup, figures, zone):
    zone("campus", "UTC")
    midnight = -6 * HOUR
    steps = [(midnight + n * HOUR, float(n)) for n in range(7)]
    physics.send(physics.batch(*counter(ENERGY, *steps)))
    rollup()
    assert figures(ROOM, "coverage", 1440) == {START - 6 * HOUR: 0.25}


def test_live_readings_touch_only_what_they_must(physics, rollup, figures, database):
    """A reading a minute: the interval it is in is made again, and grows."""
    for minute in range(0, 40, 4):
        span = range(minute * 60, (minute + 4) * 60, 60)
        steps = [(second, second / 600) for second in span]
        physics.send(physics.batch(*counter(ENERGY, *steps)))
        rollup()
    assert sum(figures(ROOM).values()) == pytest.approx(39 * 60 / 600)
    assert figures(ROOM)[START] == pytest.approx(1.5)


def test_nothing_is_left_marked(physics, rollup, database):
    from cloud.store import marks

    physics.send(physics.batch(*counter(ENERGY, (0, 0), (9 * HOUR, 20))))
    assert rollup() > 0
    with database.read() as connection:
        assert marks.count(connection) == 0
    assert rollup() == 0


def test_what_arrives_while_a_roll_up_runs_stays_marked(physics, database):
    from cloud.store import marks

    physics.send(physics.batch(*counter(ENERGY, (0, 0), (60, 1))))
    with database.read() as connection:
        taken = marks.gateway_marks(connection, 1, 10)
    physics.send(physics.batch(*counter(ENERGY, (120, 2))))
    with database.write() as connection:
        marks.clear_gateway(connection, 1, taken)
        assert marks.count(connection) == 1


def test_a_clock_stepped_back_a_year_keeps_both_times(physics, rollup, figures):
    year = int(timedelta(days=365).total_seconds())
    physics.send(physics.batch(*counter(ENERGY, (0, 10.0), (900, 11.0))))
    rollup()
    back = counter(ENERGY, (-year, 12.0), (900 - year, 13.0))
    physics.send(physics.batch(*back))
    rollup()
    assert figures(ROOM)[START] == pytest.approx(1.0)
    assert figures(ROOM)[START - year] == pytest.approx(1.0)


def test_a_reading_dated_decades_ago_does_not_fill_them(physics, rollup, figures):
    years = 25 * 365 * 24 * HOUR
    physics.send(physics.batch(*counter(ENERGY, (-years, 1.0), (0, 9.0), (900, 10.0))))
    assert rollup() < 100
    assert figures(ROOM) == {START: pytest.approx(1.0)}


def test_a_gateway_without_anything_that_counts_is_rolled_up_too(
    gateway, meter, rollup, figures
):
    sender = gateway(PHYSICS, meter(ROOM, quantities=(Quantity.VOLTAGE_V,)))
    sender.now_ms = at(HOUR)
    sender.send(sender.batch((f"{ROOM}/meter/voltage_v", at(0), 230.0)))
    rollup()
    assert figures(ROOM) == {}


def test_a_gateway_that_cannot_be_rolled_up_stops_no_other(
    gateway, meter, database, rollup, figures, caplog
):
    for name in ("biology", "chemistry"):
        node = f"campus/science/{name}"
        sender = gateway(node, meter(node))
        sender.now_ms = at(HOUR)
        sender.send(sender.batch(*every(f"{node}/meter/energy_import_kwh", 300, 900)))
    with database.write() as connection:  # as a damaged disk would
        execute(
            connection,
            "UPDATE batch SET payload = ? WHERE gateway_id ="
            " (SELECT id FROM gateway WHERE slug = 'biology')",
            (b"damaged",),
        )
    rollup()
    assert figures("campus/science/biology") == {}
    assert figures("campus/science/chemistry") == {START: pytest.approx(3.0)}
    assert "campus/science/biology can't be rolled up" in caplog.text

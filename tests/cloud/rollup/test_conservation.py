"""However readings are cut into batches, mixed and delayed: the totals are one."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloud.rollup.worker import RollUp
from cloud.store.bulk import fetch
from cloud.store.database import Database
from contract.energy import interval_energy

START = 1_789_970_400_000
PHYSICS = "campus/science/physics"
ROOMS = [f"{PHYSICS}/floor-{n}/room-{n}01" for n in (1, 2)]


@pytest.fixture
def database(sqlite_url):
    from cloud.store.migrations import migrate

    made = Database(sqlite_url)
    migrate(made)
    yield made
    made.close()


@st.composite
def histories(draw):
    """Seconds and counts of two counters, and the order in which parts arrive."""
    rooms = []
    for _ in ROOMS:
        pauses = draw(st.lists(st.sampled_from([60, 600, 3600, 3700, 30_000])))
        steps = draw(
            st.lists(st.integers(0, 1000), min_size=len(pauses), max_size=len(pauses))
        )
        seconds = np.concatenate(([0], np.cumsum(pauses))).tolist()
        counts = (np.concatenate(([0], np.cumsum(steps))) / 1000).tolist()
        rooms.append([(int(s), float(c)) for s, c in zip(seconds, counts, strict=True)])
    longest = sum(map(len, rooms))
    order = draw(st.permutations(range(min(4, longest))))
    return rooms, order


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories())
def test_rooms_add_up_to_the_campus_in_whatever_order_they_come(
    database, gateway, meter, history
):
    rooms, order = history
    sender = _fresh(database, gateway, meter)
    readings = [
        (f"{room}/meter/energy_import_kwh", START + second * 1000, kwh)
        for room, steps in zip(ROOMS, rooms, strict=True)
        for second, kwh in steps
    ]
    readings.sort(key=lambda reading: reading[1])
    parts = np.array_split(np.arange(len(readings)), len(order))
    batches = [sender.batch(*(readings[i] for i in part)) for part in parts]
    rollup = RollUp(database)
    for place in order:
        sender.send(batches[place])
        rollup.all()
    for room, steps in zip(ROOMS, rooms, strict=True):
        _check_room(database, room, steps)
    total = sum(steps[-1][1] for steps in rooms)
    for resolution in (15, 60, 1440):
        for path in (PHYSICS, "campus"):
            assert _sum(database, path, resolution) == pytest.approx(total, abs=1e-6)


def _fresh(database, gateway, meter):
    """Every example starts from nothing, in the one database of the test."""
    tables = (
        *("rollup", "gap", "span", "dirty", "dirty_node", "newest", "rejected_row"),
        *("batch", "epoch", "inventory", "point", "device", "gateway"),
    )
    with database.write() as connection:
        for table in tables:
            connection.exec_driver_sql(f"DELETE FROM {table}")
    sender = gateway(PHYSICS, *map(meter, ROOMS))
    sender.ingest._known.clear()
    sender.now_ms = START + 10**10
    return sender


def _check_room(database, room, steps):
    """Each interval is what the contract says of all the readings at once."""
    at_ms = np.array([START + second * 1000 for second, _ in steps], dtype=np.int64)
    expected = interval_energy(at_ms, np.array([kwh for _, kwh in steps]))
    with database.read() as connection:
        rows = fetch(
            connection,
            "SELECT start_s, energy_kwh, coverage, estimated_kwh FROM rollup r"
            " JOIN node n ON n.id = r.node_id"
            " WHERE n.path = ? AND resolution_min = 15",
            (room,),
        )
    found = {int(row[0]): row[1:] for row in rows}
    for start_ms, *figures in zip(
        expected.start_ms.tolist(),
        expected.energy_kwh.tolist(),
        expected.coverage.tolist(),
        expected.estimated_kwh.tolist(),
        strict=True,
    ):
        assert found.pop(start_ms // 1000, (0, 0, 0)) == pytest.approx(
            figures, abs=1e-6
        )
    assert found == {}


def _sum(database, path, resolution):
    with database.read() as connection:
        [(total,)] = fetch(
            connection,
            "SELECT coalesce(sum(energy_kwh), 0) FROM rollup r"
            " JOIN node n ON n.id = r.node_id"
            " WHERE n.path = ? AND resolution_min = ?",
            (path, resolution),
        )
    return total

from datetime import datetime

import pytest

from cloud.anomalies import phase_hours
from cloud.anomalies.watching import watch_at
from cloud.store import anomalies, phases
from contract.quantity import Quantity
from tests.cloud.anomalies.conftest import BERLIN, NOW, PRICES, usual_kw

VOLTAGES = (Quantity.VOLTAGE_L1_V, Quantity.VOLTAGE_L2_V, Quantity.VOLTAGE_L3_V)
NOON_S = int(datetime(2026, 3, 20, 12, tzinfo=BERLIN).timestamp())


@pytest.fixture
def physics(gateway, meter, hall):
    return gateway("campus/hall", meter("campus/hall", quantities=VOLTAGES))


@pytest.fixture
def send(physics):
    """Send the three voltages each ten minutes of so many hours before noon."""

    def voltages(hours, *volts):
        readings = [
            (point, (NOON_S - hours * 3600 + second) * 1000, value)
            for second in range(0, 3600, 600)
            for point, value in zip(physics.inventory.index, volts, strict=True)
        ]
        physics.send(physics.batch(*readings))

    return voltages


def test_raw_readings_become_hourly_means_once(database, hall, send):
    send(2, 230.0, 231.0, 232.0)
    send(1, 240.0, 228.0, 228.0)
    assert phase_hours.keep(database, [hall], NOON_S) == {hall}
    assert phase_hours.keep(database, [hall], NOON_S) == {hall}
    with database.read() as connection:
        kept = phases.hours(connection, hall)
    assert kept.start_s.tolist() == [NOON_S - 7200, NOON_S - 3600]
    assert kept.values[0, :3].tolist() == [230.0, 231.0, 232.0]
    assert kept.values[1, :3].tolist() == [240.0, 228.0, 228.0]


def test_other_nodes_and_other_meters_are_left_alone(database, hall, gateway, meter):
    gateway("campus/hall", meter("campus/hall"))
    assert phase_hours.keep(database, [hall], NOON_S) == frozenset()


def test_unbalanced_voltages_are_told_without_a_size(database, hall, send, measured):
    measured(usual_kw)
    send(2, 230.0, 230.0, 230.0)
    send(1, 240.0, 228.0, 228.0)
    watch_at(database, "campus", PRICES, NOW)
    with database.read() as connection:
        (row,) = anomalies.of_node(connection, hall)
    assert row.told.kind == "phase_imbalance"
    assert row.told.size_kwh is row.told.cost is row.told.currency is None
    assert "differ by 3.4 % (240 / 228 / 228 V)" in row.told.sentence
    assert row.told.start_s == NOON_S - 3600

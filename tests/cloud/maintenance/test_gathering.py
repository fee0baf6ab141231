"""A day of an asset, from readings as gateways send them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cloud.maintenance.gathering import figures, hours_of, surroundings
from contract.calendar import Calendar
from contract.inventory import Role
from contract.quantity import Quantity
from tests.cloud.maintenance.house import PHYSICS

DAY = date(2025, 6, 3)
ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2025, 6, 3, tzinfo=ZONE)
STEP = timedelta(minutes=6)
MACHINE = {
    "slug": "machine",
    "kind": "hvac",
    "name": "Machine",
    "points": {
        "electricity": f"{PHYSICS}/machine/energy_import_kwh",
        "heat": f"{PHYSICS}/machine/heat_power_kw",
        "outdoor": f"{PHYSICS}/machine/temperature_c",
    },
}
BATTERY = {
    "slug": "bank",
    "kind": "battery",
    "name": "Bank",
    "points": {
        "electricity": f"{PHYSICS}/bank/active_power_kw",
        "soc": f"{PHYSICS}/bank/state_of_charge_percent",
    },
}
ROOF = {
    "slug": "roof",
    "kind": "pv",
    "name": "Roof",
    "points": {
        "electricity": f"{PHYSICS}/roof/energy_generated_kwh",
        "irradiance": f"{PHYSICS}/roof/irradiance_w_m2",
        "rain": f"{PHYSICS}/roof/rain_mm",
    },
}


@pytest.fixture
def day_of(database, house, gateway, meter):
    """Send readings every six minutes; return what the asset did on the day."""

    def day_of(asset, shown, hours=30.0, calendar=None):
        house.temperature(200)
        [kept] = house.stand(asset)
        quantities = tuple(Quantity(name) for name in shown)
        name = asset["points"]["electricity"].split("/")[2]
        device = meter(PHYSICS, name, quantities, role=Role.SUB)
        sender = gateway(PHYSICS, device)
        readings, at = [], START - timedelta(hours=2)
        while at < START - timedelta(hours=2) + timedelta(hours=hours):
            hour = (at - START).total_seconds() / 3600
            at_ms = int(at.timestamp() * 1000)
            readings += [
                (device.point(quantity), at_ms, value(hour))
                for quantity, value in zip(quantities, shown.values(), strict=True)
            ]
            at += STEP
        sender.now_ms = readings[-1][1]
        sender.send(sender.batch(*readings))
        with database.read() as connection:
            around = surroundings(connection, kept, calendar or Calendar(ZONE))
            return figures(connection, around, DAY)

    return day_of


def test_a_machine_is_counted_by_its_meters(day_of):
    shown = {
        "energy_import_kwh": lambda hour: 1000 + 2.0 * hour,
        "heat_power_kw": lambda hour: 7.0,
        "temperature_c": lambda hour: 15.0 + hour,
    }
    found = day_of(MACHINE, shown)
    assert found["electricity_kwh"] == pytest.approx(48.0)
    assert found["heat_kwh"] == pytest.approx(168.0)
    assert found["outdoor_c"][10] == pytest.approx(25.5, abs=0.1)
    assert found["occupied"] == [float(8 <= hour < 18) for hour in range(24)]


def test_nobody_is_in_on_a_day_off(day_of):
    off = Calendar(ZONE, holidays=frozenset({DAY}))
    shown = {"energy_import_kwh": lambda hour: 1000 + hour}
    assert not any(day_of(MACHINE, shown, calendar=off)["occupied"])


def test_half_a_day_of_readings_is_no_day(day_of):
    shown = {"energy_import_kwh": lambda hour: 1000 + 2.0 * hour}
    assert day_of(MACHINE, shown, hours=14)["electricity_kwh"] is None


def test_a_battery_goes_in_and_out_and_its_charge_up_and_down(day_of):
    shown = {
        "active_power_kw": lambda hour: (
            5.0 if 10 <= hour < 14 else -4.0 if 18 <= hour < 22 else 0.0
        ),
        "state_of_charge_percent": lambda hour: float(
            np.interp(hour, [10, 14, 18, 22], [20, 80, 80, 30])
        ),
    }
    found = day_of(BATTERY, shown)
    assert found["charged_kwh"] == pytest.approx(20.0)
    assert found["discharged_kwh"] == pytest.approx(16.0)
    assert found["soc_gained"] == pytest.approx(0.6, abs=0.01)
    assert found["soc_lost"] == pytest.approx(0.5, abs=0.01)
    assert found["temperature_c"] is None


def test_an_array_has_its_sunlight_and_rain_and_the_weather_of_the_site(day_of):
    shown = {
        "energy_generated_kwh": lambda hour: 500 + 3.0 * hour,
        "irradiance_w_m2": lambda hour: 400.0,
        "rain_mm": lambda hour: 100 + (0.5 * hour if hour > 0 else 0.0),
    }
    found = day_of(ROOF, shown)
    assert found["generated_kwh"] == pytest.approx(72.0)
    assert found["sunlight_kwh_m2"] == pytest.approx(9.6, abs=0.01)
    assert found["rain_mm"] == pytest.approx(12.0, abs=0.1)
    assert 5 < found["outdoor_c"] < 30


def test_without_a_sensor_sunlight_falls_on_the_modules_by_the_weather(database, house):
    house.temperature(200)
    roof = ROOF | {"points": {"electricity": f"{PHYSICS}/generated_kwh"}}
    standing = {
        "slug": "roof",
        "kind": "solar",
        "capacity_kw": 50.0,
        "tilt_deg": 0.0,
        "azimuth_deg": 180.0,
    }
    [kept] = house.stand(roof, generators=[standing])
    with database.read() as connection:
        around = surroundings(connection, kept, Calendar(ZONE))
        found = figures(connection, around, DAY)
    assert found["generated_kwh"] is None
    assert 2.0 < found["sunlight_kwh_m2"] < 7.0


def test_what_no_gateway_has_is_not_known(database, house):
    [kept] = house.stand(MACHINE)
    with database.read() as connection:
        around = surroundings(connection, kept, Calendar(ZONE))
        found = figures(connection, around, DAY)
    assert found["electricity_kwh"] is None
    assert found["outdoor_c"] == [None] * 24


@pytest.mark.parametrize(
    ("day", "count"),
    [(date(2025, 3, 30), 23), (date(2025, 6, 3), 24), (date(2025, 10, 26), 25)],
)
def test_a_local_day_has_its_own_hours(day, count):
    hours = hours_of(day, Calendar(ZONE))
    assert len(hours) == count
    assert datetime.fromtimestamp(int(hours[0]), UTC).hour in (22, 23)

"""Sensors, stores and controls of a building: simulated, and read by their models."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from pymodbus.client import AsyncModbusTcpClient

from contract.inventory import DeviceEntry
from firmware_sim.devices import sunspec_models
from firmware_sim.devices.kinds import PLAIN
from firmware_sim.faults import Unit
from firmware_sim.modbus_slave import TcpSlave
from gateway.drivers.modbus.bus import ModbusBus
from gateway.lines import DeviceSettings, TcpLine
from gateway.meters.loader import load_all

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
MODELS = load_all()
WEATHER = {
    "wind_speed_m_s": 5.3,
    "wind_direction_deg": 225.0,
    "temperature_c": -3.5,
    "humidity_percent": 81.2,
    "pressure_hpa": 1013.25,
    "illuminance_lx": 12_500.0,
    "rain_mm": 12.345,
    "irradiance_w_m2": 250.5,
}
ROOM = {"temperature_c": 21.5, "humidity_percent": 45.5}
STORE = {"store_top_temperature_c": 62.5, "store_bottom_temperature_c": 42.5}
WATER = {
    "volume_flow_m3_h": 1.5,
    "heat_power_kw": 10.0,
    "water_m3": 70_000.0,
    "flow_temperature_c": 65.25,
    "return_temperature_c": 45.5,
}
TRUTH = {
    "beca_bac_002": {"temperature_c": 23.0, "setpoint_temperature_c": 21.5},
    "dsc_pir": ROOM | {"occupancy": 1.0, "pressure_hpa": 1013.327},
    "fuxin_gas_meter": {
        "gas_m3": 1243.1116,
        "volume_flow_m3_h": 2.53,
        "temperature_c": 21.6,
    },
    "lambda_buffer": STORE,
    "thies_clima_sensor_us": WEATHER,
    "tuf_2000m": WATER,
    "wirenboard_m1w2": STORE,
    "wirenboard_mdm3": {"dim_level_percent": 55.0},
    "wirenboard_msw": ROOM | {"co2_ppm": 800.0, "illuminance_lx": 500.0},
    "xht_heat_meter": {
        "heat_kwh": 12_345.67,
        "flow_temperature_c": 70.25,
        "return_temperature_c": 45.1,
        "water_m3": 987.65,
        "heat_power_kw": 12.34,
    },
    "xy_md02": ROOM,
}
ASSETS = {
    "solar": {"generated_power_kw", "energy_generated_kwh"},
    "battery": {"state_of_charge_percent", "active_power_kw"},
    "lighting": {"dim_level_percent"},
    "heat store": {"store_top_temperature_c", "store_bottom_temperature_c"},
    "weather": {"wind_speed_m_s", "irradiance_w_m2", "temperature_c", "rain_mm"},
    "humidity": {"humidity_percent", "temperature_c"},
    "CO2": {"co2_ppm"},
    "occupancy": {"occupancy"},
    "water": {"water_m3"},
    "gas": {"gas_m3"},
    "heat": {"heat_kwh", "heat_power_kw"},
    "HVAC": {"setpoint_temperature_c", "temperature_c"},
}


async def read(name, bank, then=None):
    slave = TcpSlave({1: Unit(bank)})
    await slave.start()
    bus = ModbusBus(TcpLine("l", "127.0.0.1", slave.port, 2.0), MODELS)
    try:
        await bus.connect()
        with closing(bus):
            if then is not None:
                await then(slave.port)
            model = MODELS[name]
            entry = DeviceEntry("site", "it", name, model.role, False, model.quantities)
            settings = DeviceSettings(entry, "l", 1, timedelta(60))
            poll = await bus.device(settings).poll(lambda: NOW)
            assert poll.refused == []
            return {each.point.rpartition("/")[2]: each.value for each in poll.readings}
    finally:
        await slave.stop()


def test_every_simulated_kind_has_a_truth_and_a_model():
    assert set(TRUTH) == set(PLAIN)
    assert set(PLAIN) <= set(MODELS)


@pytest.mark.parametrize("name", PLAIN)
def test_the_model_reads_what_the_simulator_shows(name):
    bank = PLAIN[name]()
    bank.show(TRUTH[name])
    values = asyncio.run(read(name, bank))
    assert values == pytest.approx(TRUTH[name], rel=1e-6, abs=1e-6)
    shown = bank.shown()
    assert values == pytest.approx({each: shown[each] for each in values}, rel=1e-6)


def test_a_wind_turbine_is_read_through_its_inverter():
    turbine = sunspec_models.inverter(101)
    shown = {
        "generated_power_kw": 3.03,
        "energy_generated_kwh": 200.0,
        "frequency_hz": 49.99,
        "voltage_l1_v": 230.1,
        "current_a": 13.2,
    }
    turbine.show(0, shown)
    assert asyncio.run(read("sunspec_wind_turbine", turbine)) == pytest.approx(shown)


@pytest.mark.parametrize(
    ("name", "quantity", "address", "word", "value"),
    [
        ("wirenboard_mdm3", "dim_level_percent", 0, 80, 80),
        ("beca_bac_002", "setpoint_temperature_c", 3, 195, 19.5),
    ],
)
def test_what_may_be_set_shows_what_was_written(name, quantity, address, word, value):
    bank = PLAIN[name]()

    async def write(port):
        client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=2)
        await client.connect()
        done = await client.write_registers(address, [word], device_id=1)
        refused = await client.write_registers(address + 1, [word], device_id=1)
        client.close()
        assert not done.isError()
        assert refused.isError()

    assert asyncio.run(read(name, bank, write))[quantity] == pytest.approx(value)
    [setpoint] = MODELS[name].control.setpoints
    assert (setpoint.quantity, setpoint.address) == (quantity, address)


@pytest.mark.parametrize("asset", ASSETS)
def test_every_kind_of_asset_has_a_model(asset):
    able = [name for name in MODELS if ASSETS[asset] <= set(MODELS[name].quantities)]
    assert able

"""Our simulated SunSpec devices, read by pysunspec2 and by our driver: they agree."""

import asyncio
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sunspec2.modbus.client import SunSpecModbusClientDeviceTCP

from contract.inventory import DeviceEntry
from firmware_sim.devices import sunspec_models
from firmware_sim.faults import Unit
from firmware_sim.modbus_slave import TcpSlave
from gateway.drivers.modbus.bus import ModbusBus
from gateway.drivers.modbus.sunspec.points import POINTS
from gateway.lines import DeviceSettings, TcpLine
from gateway.meters.loader import load_all

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
MODELS = load_all()
ELECTRIC = {
    "current_a": 19.1,
    "current_l1_a": 6.2,
    "current_l2_a": 6.4,
    "current_l3_a": 6.5,
    "voltage_l1_v": 229.7,
    "voltage_l2_v": 230.4,
    "voltage_l3_v": 231.1,
    "frequency_hz": 49.98,
    "apparent_power_kva": 4.51,
    "reactive_power_kvar": -0.81,
}
METER = ELECTRIC | {
    "voltage_v": 230.4,
    "active_power_kw": -4.37,
    "active_power_l1_kw": -1.42,
    "active_power_l2_kw": -1.47,
    "active_power_l3_kw": -1.48,
    "power_factor": -0.97,
    "energy_import_kwh": 1234.56,
    "energy_export_kwh": 78.9,
}
INVERTER = ELECTRIC | {"generated_power_kw": 4.37, "energy_generated_kwh": 987.65}
BATTERY = {
    "state_of_charge_percent": 75.5,
    "voltage_v": 415.2,
    "current_a": 4.1,
    "active_power_kw": 1.7,
    "temperature_c": 23.5,
}
HYBRID = {
    "state_of_charge_percent": 61.25,
    "voltage_v": 398.7,
    "active_power_kw": -1.5,
    "energy_import_kwh": 9,
    "energy_export_kwh": 8,
}


def metered(number):
    device = sunspec_models.meter(number)
    device.show(0, METER)
    return device


def generating(number):
    device = sunspec_models.inverter(number)
    device.show(0, INVERTER)
    return device


def bank():
    device = sunspec_models.battery()
    device.show(0, BATTERY)
    return device


def hybrid():
    device = sunspec_models.Hybrid()
    device.show(0, HYBRID)
    device.show_inputs((3, 2, 0, 1.5), (70, 50, 9, 8))
    return device


CASES = {
    **{f"meter {n}": ("sunspec_meter", metered, (n,), METER) for n in (203, 213)},
    **{f"1-phase {n}": ("sunspec_meter", metered, (n,), METER) for n in (201, 211)},
    **{
        f"inverter {n}": ("sunspec_inverter", generating, (n,), INVERTER)
        for n in (101, 103, 111, 113)
    },
    "battery": ("sunspec_battery", bank, (), BATTERY),
    "hybrid": ("sunspec_battery", hybrid, (), HYBRID),
}


@contextmanager
def served(device):
    """Serve it in a thread, for the peer blocks; yield the port."""
    loop = asyncio.new_event_loop()
    slave = TcpSlave({1: Unit(device)})
    loop.run_until_complete(slave.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield slave.port
    finally:
        asyncio.run_coroutine_threadsafe(slave.stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def ours(port, name, instance=1):
    bus = ModbusBus(TcpLine("l", "127.0.0.1", port, 2.0), MODELS)
    await bus.connect()
    with closing(bus):
        model = MODELS[name]
        entry = DeviceEntry("site", "it", name, model.role, False, model.quantities)
        settings = DeviceSettings(entry, "l", 1, timedelta(60), place=instance)
        poll = await bus.device(settings).poll(lambda: NOW)
        assert poll.refused == []
        return {each.point.rpartition("/")[2]: each.value for each in poll.readings}


def peers(port):
    """Return what pysunspec2 reads: {(model, point): value in the point's unit}."""
    peer = SunSpecModbusClientDeviceTCP(1, ipaddr="127.0.0.1", ipport=port)
    try:
        peer.scan()
        return {
            (number, point.name): getattr(peer, key)[0].points[point.name].cvalue
            for number in POINTS
            if (key := _name_of(peer, number))
            for point in POINTS[number]
        }
    finally:
        peer.close()


def _name_of(peer, number):
    found = [each for each in peer.model_list if each.model_id == number]
    return found[0].gname if found else None


@pytest.mark.parametrize(("name", "build", "of", "truth"), CASES.values(), ids=CASES)
def test_our_driver_reads_what_the_simulator_shows(name, build, of, truth):
    with served(build(*of)) as port:
        assert asyncio.run(ours(port, name)) == pytest.approx(truth, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(("name", "build", "of", "truth"), CASES.values(), ids=CASES)
def test_pysunspec2_reads_the_same_as_our_driver(name, build, of, truth):
    del truth
    with served(build(*of)) as port:
        read, by_peer = asyncio.run(ours(port, name)), peers(port)
    assert by_peer
    compared = set()
    for (number, point_name), value in by_peer.items():
        [point] = [each for each in POINTS[number] if each.name == point_name]
        if value is not None and point.quantity in read:
            expected = value * point.scale
            assert read[point.quantity] == pytest.approx(expected, rel=1e-6)
            compared.add(point.quantity)
    assert len(compared) >= 2


def test_each_of_several_meters_behind_one_unit_is_read():
    device = sunspec_models.meter(203, count=3)
    for n in range(3):
        device.show(n, METER | {"active_power_kw": float(n)})
    with served(device) as port:
        powers = [
            asyncio.run(ours(port, "sunspec_meter", n + 1))["active_power_kw"]
            for n in range(3)
        ]
    assert powers == [0, 1, 2]

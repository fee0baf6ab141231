"""Every kind of simulated device, read by the driver through the embedded broker."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from firmware_sim.faults import Fault, Kind
from firmware_sim.line import Ports
from firmware_sim.mqtt_devices import kinds
from firmware_sim.mqtt_devices.announced import DiscoveredSensor, WeatherStation
from firmware_sim.mqtt_devices.client import Outside
from firmware_sim.mqtt_devices.device import SimulatedDevice, Trouble
from firmware_sim.mqtt_devices.line import MqttDevices
from gateway.drivers.mqtt.broker import Broker
from gateway.drivers.mqtt.line import MqttLine
from gateway.lines import DeviceError
from tests.gateway.drivers.benches.mqtt import settings

ALL = {
    "plug": kinds.TasmotaPlug("plug"),
    "pump": kinds.Shelly1("shellies/shelly1pm-1", kinds.SHELLY_1PM),
    "em": kinds.Shelly1("shellies/shellyem-1", kinds.SHELLY_EM),
    "plus": kinds.Shelly2("shellyplus1pm-1", kinds.SHELLY_PLUS_1PM),
    "pro3em": kinds.Shelly2("hall/shellypro3em-1", kinds.SHELLY_PRO_3EM),
    "node": kinds.EspHomeNode("workshop"),
    "climate": kinds.ZigbeeClimate("zigbee2mqtt/room/climate"),
    "announced": DiscoveredSensor("lab/air"),
    "weather": WeatherStation("roof/weather"),
}
LOW = {"pressure_hpa": 1013.2, "frequency_hz": 50.01, "occupancy": 1.0}


def values(at_ms):
    """Return something of everything, with the digits that devices write."""
    spots = {name for kind in ALL.values() for name in kind.spots}
    odd = {name: 0.5 + place / 100 for place, name in enumerate(sorted(spots))}
    return odd | LOW | {"energy_import_kwh": 1234.5}


def simulated(**more):
    devices = {name: SimulatedDevice(kind, values) for name, kind in ALL.items()}
    return MqttDevices(devices, interval_s=0.05, **more)


@asynccontextmanager
async def read(names=tuple(ALL)):
    line = simulated()
    await line.start(Ports())
    address = line.address()
    broker = Broker(
        MqttLine("line", address["host"], address["port"]), lambda: datetime.now(UTC)
    )
    devices = {
        name: broker.device(settings(line, name, timeout_s=1.0)) for name in names
    }
    try:
        await broker.connect()
        yield line, devices
    finally:
        broker.close()
        await line.stop()


async def poll(device):
    try:
        found = await device.poll(lambda: datetime.now(UTC))
    except DeviceError as error:
        return {}, str(error)
    told = {each.point.rpartition("/")[2]: each.value for each in found.readings}
    return told, "; ".join(found.refused)


async def until_polled(device, condition):
    """Poll until `condition` holds of readings and words; return the readings."""
    async with asyncio.timeout(15):
        while not condition(*(given := await poll(device))):  # noqa: ASYNC110 (see name)
            await asyncio.sleep(0.01)
    return given[0]


def test_every_kind_of_device_tells_its_truth():
    async def run():
        async with read() as (line, devices):
            for name, device in devices.items():
                found, wanted = {}, line.truth(name)

                def has_all(readings, _, found=found, wanted=wanted):
                    found.update(readings)
                    return found.keys() == wanted.keys()

                await until_polled(device, has_all)
                assert found == pytest.approx(wanted, rel=1e-6), name

    asyncio.run(run())


@pytest.mark.parametrize(
    ("trouble", "name", "told"),
    [
        (Trouble.DROPOUT, "plug", "it is offline, says tele/plug/LWT"),
        (Trouble.DROPOUT, "pro3em", "it is offline, says hall/shellypro3em-1/online"),
        (Trouble.DROPOUT, "node", "it is offline, says workshop/status"),
        (Trouble.DROPOUT, "announced", "it is offline, says lab/air/availability"),
        (Trouble.DROPOUT, "weather", "it is offline, says roof/weather/alive"),
        (Trouble.NOT_JSON, "plus", "payload is not JSON"),
        (Trouble.NOT_JSON, "pump", "is no number"),
        (Trouble.HUGE, "climate", "200002 bytes; at most 65536"),
        (Trouble.GARBAGE, "weather", "not UTF-8"),
        (Trouble.HALF_FRAME, "plug", "payload is not JSON"),
        (Trouble.NAN, "plug", "active_power_kw: nan is not a number"),
        (Fault(Kind.DROPOUT), "climate", "it is offline, says zigbee2mqtt/room/cli"),
    ],
)
def test_each_trouble_is_told_in_words_and_ends(trouble, name, told):
    async def run():
        async with read([name]) as (line, devices):
            device = devices[name]
            await until_polled(device, lambda readings, _: readings)
            line.set_faults(name, [trouble])
            await until_polled(device, lambda _, words: told in words)
            line.set_faults(name, [])
            await until_polled(device, lambda readings, words: readings and not words)

    asyncio.run(run())


def test_a_clock_that_runs_backwards_moves_no_reading():
    async def run():
        async with read(["plus"]) as (line, devices):
            line.set_faults("plus", [Trouble.CLOCK_DRIFT])
            began = datetime.now(UTC)
            for _ in range(5):
                await until_polled(devices["plus"], lambda readings, _: readings)
                rows = await devices["plus"].inspect(lambda: datetime.now(UTC))
                assert all(began <= each.at <= datetime.now(UTC) for each in rows)

    asyncio.run(run())


def test_stuck_values_stay_and_an_unknown_fault_is_refused():
    device = SimulatedDevice(ALL["plug"], lambda at_ms: {"voltage_v": 230 + at_ms})
    device.set_faults([Trouble.STUCK])
    device.advance(1)
    device.advance(5)
    assert device.truth == {"voltage_v": 231.0}
    with pytest.raises(ValueError, match="wrong_crc"):
        device.set_faults([Fault(Kind.WRONG_CRC)])


def test_devices_publish_to_an_outside_broker_too():
    async def run():
        ours = simulated()
        await ours.start(Ports())
        address = ours.address()
        outside = Outside(address["host"], address["port"])
        theirs = MqttDevices(
            {"guest": SimulatedDevice(kinds.TasmotaPlug("guest"), values)},
            outside,
            interval_s=0.05,
        )
        await theirs.start(Ports())
        assert theirs.address() == address
        broker = Broker(
            MqttLine("line", outside.host, outside.port), lambda: datetime.now(UTC)
        )
        guest = broker.device(settings(theirs, "guest"))
        try:
            await broker.connect()
            assert await until_polled(guest, lambda readings, _: readings)
        finally:
            broker.close()
            await theirs.stop()
            await ours.stop()

    asyncio.run(run())

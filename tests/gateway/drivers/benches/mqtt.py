"""A Tasmota plug and a Zigbee climate sensor on one broker."""

from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.line import Ports
from firmware_sim.mqtt_devices.device import SimulatedDevice, Trouble
from firmware_sim.mqtt_devices.kinds import TasmotaPlug, ZigbeeClimate
from firmware_sim.mqtt_devices.line import MqttDevices
from gateway.drivers.mqtt.line import MqttLine, MqttPlace, Source
from gateway.lines import DeviceSettings

TRUTH = {
    "plug": {
        "energy_import_kwh": 1290.396,
        "active_power_kw": 0.0471,
        "apparent_power_kva": 0.0512,
        "reactive_power_kvar": -0.0072,
        "power_factor": 0.92,
        "voltage_v": 234.3,
        "current_a": 0.219,
        "frequency_hz": 50.02,
    },
    "hall": {
        "temperature_c": 21.37,
        "humidity_percent": 43.5,
        "co2_ppm": 733.0,
        "illuminance_lx": 411.0,
        "occupancy": 1.0,
    },
}


def settings(line, name, *, simulated=True, timeout_s=900.0, **more):
    """Return a simulated device as a gateway would be configured for it."""
    words = {**line.words(name), **more}
    quantities = tuple(Quantity(each) for each in words.pop("quantities"))
    values = {
        Quantity(quantity): Source(**({"path": raw} if isinstance(raw, str) else raw))
        for quantity, raw in words.pop("values", {}).items()
    }
    place = MqttPlace(**words, timeout_s=timeout_s, values=values)
    entry = DeviceEntry("site", name, "mqtt", Role.SENSOR, simulated, quantities)
    return DeviceSettings(entry, "line", 0, timedelta(seconds=60), place=place)


class Bench:
    """The sensor can vanish alone: its last will tells."""

    def __init__(self):
        kinds = {"plug": TasmotaPlug("plug"), "hall": ZigbeeClimate("zigbee2mqtt/hall")}
        self.network = MqttDevices(
            {
                name: SimulatedDevice(kind, lambda _, name=name: TRUTH[name])
                for name, kind in kinds.items()
            },
            interval_s=0.1,
        )

    async def start(self):
        await self.network.start(Ports())

    async def stop(self):
        await self.network.stop()

    def line(self):
        address = self.network.address()
        return MqttLine("line", address["host"], address["port"])

    def devices(self):
        return [
            settings(self.network, "plug", simulated=False, timeout_s=1.0),
            settings(self.network, "hall", timeout_s=1.0),
        ]

    def truth(self, device):
        return TRUTH[list(TRUTH)[device]]

    async def vanish(self):
        await self.network.stop()

    async def come_back(self):
        await self.network.start(Ports())

    def garble(self, on):
        for name in self.network.devices:
            self.network.set_faults(name, [Trouble.GARBAGE] if on else [])

    def silence(self, on):
        self.network.set_faults("hall", [Trouble.DROPOUT] if on else [])

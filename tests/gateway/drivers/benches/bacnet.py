"""A ventilation and a lighting controller on one BACnet/IP network."""

from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.bacnet_building import BacnetNetwork, lighting, ventilation
from firmware_sim.bacnet_device import Fault
from firmware_sim.line import Ports
from gateway.drivers.bacnet.line import BacnetLine, BacnetObject, BacnetPlace
from gateway.lines import DeviceSettings

TRUTH = (
    {
        "temperature_c": 21.4,
        "humidity_percent": 43.5,
        "co2_ppm": 733.0,
        "flow_temperature_c": 18.6,
        "active_power_kw": 1.73,
        "setpoint_temperature_c": 21.5,
        "occupancy": 1.0,
        "switch": 1.0,
    },
    {
        "dim_level_percent": 65.0,
        "switch": 1.0,
        "illuminance_lx": 411.0,
        "light_power_kw": 0.392,
        "energy_import_kwh": 128.75,
        "occupancy": 0.0,
    },
)


class Bench:
    """The second is asked to tell of changes, too."""

    def __init__(self):
        self.network = BacnetNetwork(
            {
                "ahu": ventilation(1001, lambda _: TRUTH[0]),
                "light": lighting(1002, lambda _: TRUTH[1]),
            }
        )

    async def start(self):
        await self.network.start(Ports())

    async def stop(self):
        await self.network.stop()

    def line(self):
        return BacnetLine("line", "127.0.0.1/8", 4_000_000, 0, timeout_s=0.4)

    def devices(self):
        return [
            self.device("ahu", simulated=False),
            self.device("light", simulated=True, cov=True),
        ]

    def device(self, name, *, simulated=True, **place):
        told = self.network.device_address(name)
        host, port = told["address"].split(":")
        objects = {
            Quantity(quantity): BacnetObject(kind, int(number))
            for quantity, (kind, number) in (
                (quantity, each.split(","))
                for quantity, each in told["objects"].items()
            )
        }
        where = {"host": host, "port": int(port), "instance": told["instance"]}
        entry = DeviceEntry(
            "site", name, "bacnet", Role.SENSOR, simulated, tuple(objects)
        )
        return DeviceSettings(
            entry,
            "line",
            0,
            timedelta(seconds=60),
            place=BacnetPlace(**{**where, "objects": objects, **place}),
        )

    def truth(self, device):
        return TRUTH[device]

    async def vanish(self):
        await self.network.stop()

    async def come_back(self):
        await self.network.start(Ports())

    def garble(self, on):
        for name in self.network.devices:
            self.network.set_faults(name, [Fault.GARBAGE] if on else [])

    def silence(self, on):
        self.network.set_faults("light", [Fault.DROPOUT] if on else [])

"""A smart meter on its P1 port, with a gas meter behind it."""

from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.dsmr_meter import DsmrMeter
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from gateway.lines import DeviceSettings, ListenLine

SHOWN = {
    "energy_import_kwh": 1234.567,
    "energy_export_kwh": 890.123,
    "active_power_kw": -1.5,
    "voltage_l1_v": 230.1,
    "voltage_l2_v": 231.2,
    "voltage_l3_v": 229.9,
    "gas_m3": 123.456,
}


class Bench:
    """It sends ten times a second."""

    def __init__(self):
        self.sender = DsmrMeter(lambda _: SHOWN, interval_s=0.1)

    async def start(self):
        await self.sender.start(Ports())

    async def stop(self):
        await self.sender.stop()

    def line(self):
        port = str(self.sender.address()["port"])
        return ListenLine("line", port, "dsmr", 115_200, timeout_s=0.5)

    def devices(self):
        names = tuple(Quantity(name) for name in SHOWN)
        entry = DeviceEntry("site", "meter", "dsmr", Role.SUB, True, names)
        return [DeviceSettings(entry, "line", 0, timedelta(seconds=1))]

    def truth(self, device):
        return self.sender.truth

    async def vanish(self):
        await self.sender.stop()

    async def come_back(self):
        await self.sender.start(Ports())

    def garble(self, on):
        self.sender.set_faults([Fault("garbage")] if on else [])

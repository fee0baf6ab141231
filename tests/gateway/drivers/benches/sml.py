"""A German meter that sends SML."""

from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from firmware_sim.sml_meter import SmlMeter
from gateway.lines import DeviceSettings, ListenLine

SHOWN = {
    "energy_import_kwh": 1234.5678,
    "energy_export_kwh": 0.5,
    "active_power_kw": -1.837,
    "voltage_l1_v": 231.4,
    "frequency_hz": 49.9,
}


class Bench:
    """It sends ten times a second."""

    def __init__(self):
        self.sender = SmlMeter(lambda _: SHOWN, interval_s=0.1)

    async def start(self):
        await self.sender.start(Ports())

    async def stop(self):
        await self.sender.stop()

    def line(self):
        port = str(self.sender.address()["port"])
        return ListenLine("line", port, "sml", 9600, timeout_s=0.5)

    def devices(self):
        names = tuple(Quantity(name) for name in SHOWN)
        entry = DeviceEntry("site", "meter", "sml", Role.SUB, True, names)
        return [DeviceSettings(entry, "line", 0, timedelta(seconds=1))]

    def truth(self, device):
        return self.sender.truth

    async def vanish(self):
        await self.sender.stop()

    async def come_back(self):
        await self.sender.start(Ports())

    def garble(self, on):
        self.sender.set_faults([Fault("garbage")] if on else [])

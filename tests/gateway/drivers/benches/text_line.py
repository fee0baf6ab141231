"""An Arduino that prints what its PZEM-004T measures."""

from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from firmware_sim.text_board import TextBoard
from gateway.lines import DeviceSettings, ListenLine

SHOWN = {
    "voltage_v": 230.5,
    "current_a": 0.106,
    "active_power_kw": 0.0244,
    "energy_import_kwh": 12.345,
    "frequency_hz": 50.0,
    "power_factor": 0.92,
}


class Bench:
    """It sends ten times a second."""

    def __init__(self):
        self.sender = TextBoard(lambda _: SHOWN, interval_s=0.1)

    async def start(self):
        await self.sender.start(Ports())

    async def stop(self):
        await self.sender.stop()

    def line(self):
        port = str(self.sender.address()["port"])
        return ListenLine("line", port, "text_line", 9600, timeout_s=0.5)

    def devices(self):
        names = tuple(Quantity(name) for name in SHOWN)
        entry = DeviceEntry("site", "meter", "text_line", Role.SUB, True, names)
        return [DeviceSettings(entry, "line", 0, timedelta(seconds=1))]

    def truth(self, device):
        return self.sender.truth

    async def vanish(self):
        await self.sender.stop()

    async def come_back(self):
        await self.sender.start(Ports())

    def garble(self, on):
        self.sender.set_faults([Fault("garbage")] if on else [])

"""What the benches of devices that send by themselves have in common."""

from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from gateway.lines import DeviceSettings, ListenLine

INTERVAL_S = 0.1


class SendingBench:
    """One device that sends ten times a second."""

    def __init__(self, sender, form, baudrate, shown):
        self.sender = sender
        self._form, self._baudrate, self._shown = form, baudrate, shown

    async def start(self):
        await self.sender.start(Ports())

    async def stop(self):
        await self.sender.stop()

    def line(self):
        port = str(self.sender.address()["port"])
        return ListenLine("line", port, self._form, self._baudrate, timeout_s=0.5)

    def devices(self):
        names = tuple(Quantity(name) for name in self._shown)
        entry = DeviceEntry("site", "meter", self._form, Role.SUB, True, names)
        return [DeviceSettings(entry, "line", 0, timedelta(seconds=1))]

    def truth(self, device):
        return self.sender.truth

    async def vanish(self):
        await self.sender.stop()

    async def come_back(self):
        await self.sender.start(Ports())

    def garble(self, on):
        self.sender.set_faults([Fault("garbage")] if on else [])

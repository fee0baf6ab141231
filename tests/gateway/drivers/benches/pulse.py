"""A gas meter's pulse output on the receiving wire of a serial adapter."""

import time
from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from firmware_sim.pulse_source import PulseSource
from gateway.drivers.pulse.line import PulseLine, PulsePlace
from gateway.lines import DeviceSettings
from gateway.wire import SerialPort

PULSES_PER_M3 = 100.0
START_M3 = 1000.0
M3_PER_S = 0.04


class Bench:
    """Four pulses a second; those on the way are not counted yet."""

    def __init__(self):
        self.resolution = {"gas_m3": 0.5}
        began_ms = time.time_ns() // 1_000_000
        self.source = PulseSource(
            lambda at_ms: {"gas_m3": (at_ms - began_ms) / 1000 * M3_PER_S},
            pulses_per_unit=PULSES_PER_M3,
            start=START_M3,
        )

    async def start(self):
        await self.source.start(Ports())

    async def stop(self):
        await self.source.stop()

    def line(self):
        return PulseLine("line", SerialPort(str(self.source.address()["port"]), 300))

    def devices(self):
        names = (Quantity.GAS_M3,)
        entry = DeviceEntry("site", "gas", "pulse", Role.SUB, False, names)
        place = PulsePlace(PULSES_PER_M3, START_M3)
        return [DeviceSettings(entry, "line", 0, timedelta(seconds=1), place=place)]

    def truth(self, device):
        return self.source.truth

    async def vanish(self):
        await self.source.stop()

    async def come_back(self):
        await self.source.start(Ports())

    def garble(self, on):
        self.source.set_faults([Fault("garbage")] if on else [])

"""Two IEC 62056-21 meters on one current loop, called by their addresses."""

from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault
from firmware_sim.iec62056_meter import IecHead, IecMeter
from firmware_sim.line import Ports
from gateway.drivers.iec62056.line import IecLine
from gateway.lines import DeviceSettings
from gateway.wire import SerialPort

TRUTHS = [
    {
        "energy_import_kwh": 1234.567,
        "energy_export_kwh": 12.5,
        "active_power_kw": -1.25,
        "voltage_l1_v": 231.4,
        "current_l1_a": 5.43,
        "frequency_hz": 50.01,
    },
    {"energy_import_kwh": 99.125, "active_power_kw": 0.75},
]


class Bench:
    """Its speed is fixed: at 300 baud each readout would take seconds."""

    def __init__(self):
        self.meters = [
            IecMeter(lambda _, truth=truth: truth, number=f"1234567{place}")
            for place, truth in enumerate(TRUTHS)
        ]
        self.head = IecHead(self.meters)

    async def start(self):
        await self.head.start(Ports())

    async def stop(self):
        await self.head.stop()

    def line(self):
        place = SerialPort(str(self.head.address()["port"]), 19_200, 7, "E")
        return IecLine("line", place, 19_200, timeout_s=0.15)

    def devices(self):
        return [self._device(place) for place in range(len(TRUTHS))]

    def truth(self, device):
        return self.meters[device].truth

    async def vanish(self):
        await self.head.stop()

    async def come_back(self):
        await self.head.start(Ports())

    def garble(self, on):
        for meter in self.meters:
            meter.set_faults([Fault("garbage")] if on else [])

    def silence(self, on):
        self.meters[1].set_faults([Fault("dropout")] if on else [])

    def _device(self, place):
        names = tuple(Quantity(name) for name in TRUTHS[place])
        is_simulated = place == 1
        entry = DeviceEntry(
            "site", f"meter{place}", "iec62056", Role.SUB, is_simulated, names
        )
        number = self.meters[place].number
        return DeviceSettings(entry, "line", 0, timedelta(seconds=1), number)

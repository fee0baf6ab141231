"""Two M-Bus meters on one pty: one by primary address, one by its number."""

from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from firmware_sim.mbus_slave import MbusBus, MbusMeter
from gateway.drivers.mbus.line import MbusLine
from gateway.lines import DeviceSettings
from gateway.wire import SerialPort

HEAT = {
    "heat_kwh": 37_351.0,
    "heat_power_kw": 34.7,
    "flow_temperature_c": 101.69,
    "return_temperature_c": 46.16,
    "volume_flow_m3_h": 0.632,
}
ELECTRICITY = {
    "energy_import_kwh": 4_321.987,
    "energy_export_kwh": 12.5,
    "active_power_kw": -1.234,
    "voltage_v": 231.4,
    "current_a": 5.377,
    "frequency_hz": 49.98,
}


class Bench:
    """A heat meter at address 5, and an electricity meter called by its number."""

    def __init__(self):
        self.meters = [
            MbusMeter("mbus_heat", lambda _: HEAT, unit=5, number="00000005"),
            MbusMeter("mbus_electricity", lambda _: ELECTRICITY, number="87654321"),
        ]
        self.bus = MbusBus(self.meters)

    async def start(self):
        await self.bus.start(Ports())

    async def stop(self):
        await self.bus.stop()

    def line(self):
        place = SerialPort(str(self.bus.address()["port"]), 9600, parity="E")
        return MbusLine("line", place, 9600, timeout_s=0.1)

    def devices(self):
        return [
            DeviceSettings(self._entry(0), "line", 5, timedelta(seconds=1)),
            DeviceSettings(
                self._entry(1), "line", 0, timedelta(seconds=1), meter_id="87654321"
            ),
        ]

    def truth(self, device):
        return self.meters[device].truth

    async def vanish(self):
        await self.bus.stop()

    async def come_back(self):
        await self.bus.start(Ports())

    def garble(self, on):
        for meter in self.meters:
            meter.set_faults([Fault("garbage")] if on else [])

    def silence(self, on):
        self.meters[1].set_faults([Fault("dropout")] if on else [])

    def _entry(self, number):
        names = tuple(Quantity(name) for name in self.meters[number].truth)
        return DeviceEntry(
            "site", f"meter{number}", "mbus", Role.SUB, number == 1, names
        )

"""A SunSpec meter and a SunSpec battery bank behind one Modbus TCP port."""

from datetime import timedelta

from contract.inventory import DeviceEntry
from firmware_sim.devices import sunspec_models
from firmware_sim.faults import Fault, Kind, Unit
from firmware_sim.modbus_slave import TcpSlave
from gateway.lines import DeviceSettings, TcpLine
from gateway.meters.loader import load_all

TRUTH = (
    {
        "voltage_l1_v": 229.5,
        "active_power_kw": -3.75,
        "frequency_hz": 50.01,
        "power_factor": 0.97,
        "energy_import_kwh": 4711.5,
    },
    {
        "state_of_charge_percent": 61.5,
        "active_power_kw": 1.25,
        "voltage_v": 411.5,
        "temperature_c": 23.5,
    },
)
MODELS = ("sunspec_meter", "sunspec_battery")


class Bench:
    """The meter at unit 1, the bank at unit 2."""

    def __init__(self):
        self.resolution = {"active_power_kw": 0.006, "energy_import_kwh": 0.01}
        devices = sunspec_models.meter(213), sunspec_models.battery()
        for device, truth in zip(devices, TRUTH, strict=True):
            device.show(0, truth)
        self._units = {n: Unit(device, n) for n, device in enumerate(devices, 1)}
        self._slave = TcpSlave(self._units)
        self._port = 0

    async def start(self):
        await self._slave.start(port=self._port)
        self._port = self._slave.port

    async def stop(self):
        await self._slave.stop()

    def line(self):
        return TcpLine("line", "127.0.0.1", self._port, timeout_s=0.2)

    def devices(self):
        models = load_all(None)
        return [
            DeviceSettings(
                DeviceEntry(
                    "site",
                    name,
                    name,
                    models[name].role,
                    number == 2,
                    models[name].quantities,
                ),
                "line",
                number,
                timedelta(seconds=1),
            )
            for number, name in enumerate(MODELS, 1)
        ]

    def truth(self, device):
        return TRUTH[device]

    async def vanish(self):
        await self._slave.stop()

    async def come_back(self):
        await self.start()

    def garble(self, on):
        for unit in self._units.values():
            unit.set_faults([Fault(Kind.GARBAGE)] if on else ())

    def silence(self, on):
        self._units[2].set_faults([Fault(Kind.DROPOUT)] if on else ())

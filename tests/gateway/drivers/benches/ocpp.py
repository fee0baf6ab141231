"""Two charge points that connect to the gateway."""

import socket
from datetime import timedelta

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.charge_point import DROPOUT, GARBAGE, ChargePoint
from firmware_sim.faults import Fault
from gateway.drivers.ocpp.line import OcppLine, OcppPlace
from gateway.lines import DeviceSettings

VALUES = (
    {
        "active_power_kw": 11.04,
        "energy_import_kwh": 4711.5,
        "voltage_l1_v": 229.5,
        "current_l1_a": 16.0,
        "state_of_charge_percent": 63.0,
    },
    {"active_power_kw": 3.6, "energy_import_kwh": 17.25, "temperature_c": 41.5},
)


class Bench:
    """CP1 and CP2 on a port that the gateway opens."""

    def __init__(self):
        self._points = [
            ChargePoint(f"CP{n}", lambda _at, n=n: VALUES[n - 1], interval_s=0.2)
            for n in (1, 2)
        ]
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            self._port = held.getsockname()[1]

    async def start(self):
        for point in self._points:
            await point.start(f"ws://127.0.0.1:{self._port}")

    async def stop(self):
        for point in self._points:
            await point.stop()

    def line(self):
        return OcppLine("line", "127.0.0.1", self._port, timeout_s=1.0)

    def devices(self):
        return [
            DeviceSettings(
                DeviceEntry(
                    "site",
                    name,
                    "ocpp",
                    Role.SUB,
                    number == 2,
                    tuple(Quantity(each) for each in (*VALUES[number - 1], "switch")),
                ),
                "line",
                0,
                timedelta(seconds=1),
                place=OcppPlace(f"CP{number}"),
            )
            for number, name in enumerate(("first", "second"), 1)
        ]

    def truth(self, device):
        return self._points[device].truth()

    async def vanish(self):
        await self.stop()

    async def come_back(self):
        await self.start()

    def garble(self, on):
        for point in self._points:
            point.set_faults([Fault(GARBAGE)] if on else [])

    def silence(self, on):
        self._points[1].set_faults([Fault(DROPOUT)] if on else [])

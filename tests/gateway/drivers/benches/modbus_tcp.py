"""Two meters behind one Modbus TCP port."""

import random
import struct
from contextlib import AsyncExitStack
from datetime import timedelta

from contract.inventory import DeviceEntry
from gateway.lines import DeviceSettings, TcpLine
from gateway.meters.loader import load_all
from tests.gateway.modbus_devices import Device, Devices, tcp_line

TRUTH = (
    {"voltage_v": 229.5, "active_power_kw": 1.25, "energy_import_kwh": 4711.5},
    {"voltage_v": 231.25, "active_power_kw": 0.5, "energy_import_kwh": 17.25},
)
_ADDRESSES = {"voltage_v": 0x00, "active_power_kw": 0x0C, "energy_import_kwh": 0x48}
_WATTS = {"active_power_kw": 1000}


class Bench:
    """SDM120s at units 1 and 2."""

    def __init__(self):
        self._devices = Devices({1: Device(), 2: Device()})
        for truth, device in zip(TRUTH, self._devices.values(), strict=True):
            for name, value in truth.items():
                place, raw = _ADDRESSES[name], value * _WATTS.get(name, 1)
                struct.pack_into(">f", device.inputs, 2 * place, raw)
            struct.pack_into(">f", device.inputs, 2 * 0x46, 50.0)
            struct.pack_into(">f", device.inputs, 2 * 0x1E, 1.0)
        self._served = AsyncExitStack()
        self._draw = random.Random(1)
        self._port = 0

    async def start(self):
        self._port = await self._served.enter_async_context(
            tcp_line(self._devices, self._port)
        )

    async def stop(self):
        await self._served.aclose()

    def line(self):
        return TcpLine("line", "127.0.0.1", self._port, timeout_s=0.2)

    def devices(self):
        model = load_all(None)["eastron_sdm120"]
        return [
            DeviceSettings(
                DeviceEntry(
                    "site", name, model.name, model.role, number == 2, model.quantities
                ),
                "line",
                number,
                timedelta(seconds=1),
            )
            for number, name in enumerate(("first", "second"), 1)
        ]

    def truth(self, device):
        return TRUTH[device]

    async def vanish(self):
        await self._served.aclose()

    async def come_back(self):
        await self.start()

    def garble(self, on):
        for device in self._devices.values():
            device.twist = self._garbage if on else None

    def silence(self, on):
        self._devices[2].twist = (lambda _unit, _pdu: None) if on else None

    def _garbage(self, _unit, _pdu):
        return self._draw.randbytes(24)

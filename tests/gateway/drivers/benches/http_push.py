"""Two boards that post their meters' counters to a port of the gateway."""

from datetime import timedelta
from hashlib import sha256

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity
from firmware_sim.faults import Fault, Kind
from firmware_sim.line import Ports
from firmware_sim.push_nodes import PlainBoard, PushNodes
from gateway.drivers.http_push.line import HttpPushLine, PushPlace
from gateway.lines import DeviceSettings

TRUTH = (
    {
        "energy_import_kwh": 4711.5,
        "energy_generated_kwh": 12.25,
        "load_percent": 35.8,
        "voltage_v": 229.4,
        "current_a": 6.21,
        "frequency_hz": 50.02,
        "power_factor": 0.97,
    },
    {
        "energy_import_kwh": 17.25,
        "load_percent": 62.5,
        "voltage_l1_v": 231.25,
        "current_l1_a": 1.5,
    },
)
CAPACITY_KW = 4.0


class Bench:
    """Counters; the second computes its power from its load."""

    def __init__(self):
        self._nodes = PushNodes(
            {
                name: PlainBoard(f"key-of-{name}-board", lambda _, truth=truth: truth)
                for name, truth in zip(("first", "second"), TRUTH, strict=True)
            },
            every_s=0.2,
        )

    async def start(self):
        await self._nodes.start(Ports())

    async def stop(self):
        await self._nodes.stop()

    def line(self):
        return HttpPushLine("line", "127.0.0.1", self._nodes.port, timeout_s=1.0)

    def devices(self):
        return [
            DeviceSettings(
                DeviceEntry(
                    "site",
                    name,
                    "http_push",
                    Role.SUB,
                    number == 1,
                    tuple(map(Quantity, self.truth(number))),
                ),
                "line",
                0,
                timedelta(seconds=1),
                place=PushPlace(
                    name,
                    sha256(node.key.encode()).digest(),
                    timedelta(seconds=0.2),
                    is_counter=True,
                    capacity_kw=CAPACITY_KW if number else None,
                ),
            )
            for number, (name, node) in enumerate(self._nodes.nodes.items())
        ]

    def truth(self, device):
        power = {"active_power_kw": 2.5} if device else {}
        return TRUTH[device] | power

    async def vanish(self):
        await self._nodes.stop()

    async def come_back(self):
        await self._nodes.start(Ports())

    def garble(self, on):
        for name in self._nodes.nodes:
            self._nodes.set_faults(name, [Fault(Kind.GARBAGE)] if on else [])

    def silence(self, on):
        self._nodes.set_faults("second", [Fault(Kind.DROPOUT)] if on else [])

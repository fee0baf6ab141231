"""Devices of a scenario that post to the gateway by HTTP."""

from hashlib import sha256
from typing import Final

from firmware_sim.push_nodes import Esp8266, PushNodes
from firmware_sim.scenario import profiles
from firmware_sim.scenario.part import Clock
from firmware_sim.scenario.profiles import steady
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, ScenarioError

_KIND: Final = "esp8266_meter"
_CAPACITY_KW: Final = 5
_INTERVAL_S: Final = 5


class PushPart(PushNodes):
    """Boards by the path of their device.

    Raises:
        ScenarioError: A device is of no kind that is played here.
    """

    def __init__(self, line: LineSpec, clock: Clock) -> None:
        super().__init__({each.path: _board(each, clock) for each in line.devices})
        self._options = dict(line.options)

    def address(self) -> dict[str, object]:
        """Return the line in the words of a gateway's configuration."""
        return super().address() | self._options

    def words(self, path: str) -> dict[str, object]:
        """Return what a gateway's configuration says of a device, besides its name."""
        return {
            "role": "sub",
            "api_key_sha256": sha256(self.nodes[path].key.encode()).hexdigest(),
            "is_counter": True,
            "quantities": list(self.truth(path)),
        }

    def advance(self, at_ms: int) -> None:
        """Go to an instant: they follow the scenario's clock by themselves."""


def _board(device: DeviceSpec, clock: Clock) -> Esp8266:
    if device.kind != _KIND:
        raise ScenarioError(
            f"devices: {device.path}: nobody plays kind {device.kind!r};"
            f" by HTTP there is {_KIND}"
        )
    profile = profiles.electric(device.key, _CAPACITY_KW)
    return Esp8266(
        key=sha256(f"board {device.path}".encode()).hexdigest()[:32],
        values=steady(device, clock, profile),
        capacity_w=_CAPACITY_KW * 1000,
        interval_s=int(device.interval_s or _INTERVAL_S),
    )

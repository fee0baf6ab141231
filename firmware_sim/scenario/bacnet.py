"""BACnet/IP controllers of a scenario."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from firmware_sim import bacnet_building
from firmware_sim.bacnet_building import BacnetNetwork
from firmware_sim.bacnet_device import BacnetDevice
from firmware_sim.bacnet_device import Fault as BacnetFault
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from firmware_sim.scenario.part import Clock
from firmware_sim.scenario.profiles import Values, steady
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, ScenarioError

_FIRST_INSTANCE: Final = 1001
_KINDS: Final[Mapping[str, tuple[Callable[[int, Values], BacnetDevice], Values]]] = {
    "bacnet_ventilation": (
        bacnet_building.ventilation,
        bacnet_building.ventilation_values,
    ),
    "bacnet_lighting": (bacnet_building.lighting, bacnet_building.lighting_values),
}


class BacnetPart:
    """A network of controllers.

    Raises:
        ScenarioError: A device is of no kind that is played here.
    """

    def __init__(self, line: LineSpec, clock: Clock) -> None:
        self._network = BacnetNetwork(
            {
                device.path: _controller(device, place, clock)
                for place, device in enumerate(line.devices)
            }
        )
        self._options = dict(line.options)

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, on the ports of before."""
        await self._network.start(ports)

    async def stop(self) -> None:
        """Take every controller away."""
        await self._network.stop()

    def address(self) -> Mapping[str, object]:
        """Return the line in the words of a gateway's configuration."""
        return self._network.address() | self._options

    def words(self, path: str) -> Mapping[str, object]:
        """Return what a gateway's configuration says of a device."""
        told = self._network.device_address(path)
        objects = dict(cast(Mapping[str, object], told["objects"]))
        for quantity, (low, high) in self._network.ranges(path).items():
            place = {"object": objects[quantity], "low": low, "high": high}
            objects[quantity] = place
        return {"role": "sensor"} | told | {"objects": objects}

    def truth(self, path: str) -> Mapping[str, float]:
        """Return what a controller shows now."""
        return self._network.truth[path]

    def advance(self, at_ms: int) -> None:
        """Do nothing: controllers ask for the time themselves."""

    def set_faults(self, path: str, faults: Sequence[Fault]) -> None:
        """Let a controller have exactly these faults."""
        self._network.set_faults(path, [BacnetFault(each.kind) for each in faults])


def _controller(device: DeviceSpec, place: int, clock: Clock) -> BacnetDevice:
    if device.kind not in _KINDS:
        raise ScenarioError(
            f"devices: {device.path}: nobody plays kind {device.kind!r};"
            f" on BACnet there are {', '.join(_KINDS)}"
        )
    make, profile = _KINDS[device.kind]
    instance = device.number("instance", _FIRST_INSTANCE + place)
    return make(instance, steady(device, clock, profile))

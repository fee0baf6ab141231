"""Charge points of a scenario, which connect to the gateway."""

from collections.abc import Mapping, Sequence
from typing import Final

from firmware_sim.charge_point import ChargePoint
from firmware_sim.faults import Fault
from firmware_sim.line import HOST, Ports
from firmware_sim.scenario import profiles
from firmware_sim.scenario.part import Clock
from firmware_sim.scenario.profiles import steady
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, ScenarioError

_KIND: Final = "charge_point"
_MOST_A: Final = 32
_INTERVAL_S: Final = 3.0
_MEASURED: Final = ("active_power_kw", "energy_import_kwh", "voltage_v", "current_a")


class OcppPart:
    """Charge points by the path of their device.

    Raises:
        ScenarioError: A device is of no kind that is played here.
    """

    def __init__(self, line: LineSpec, clock: Clock) -> None:
        self._points = {each.path: _point(each, clock) for each in line.devices}
        self._options = dict(line.options)
        self._port = 0

    async def start(self, ports: Ports) -> None:
        """Begin to connect to where the gateway will listen."""
        self._port = self._port or ports.take_free()
        for point in self._points.values():
            await point.start(f"ws://{HOST}:{self._port}")

    async def stop(self) -> None:
        """Switch the charge points off."""
        for point in self._points.values():
            await point.stop()

    def address(self) -> Mapping[str, object]:
        """Return the line in the words of a gateway's configuration."""
        return {"type": "ocpp", "host": HOST, "port": self._port, **self._options}

    def words(self, path: str) -> Mapping[str, object]:
        """Return what a gateway's configuration says of a charge point."""
        point = self._points[path]
        return {
            "role": "sub",
            "charge_point": point.identity,
            "max_current_a": _MOST_A,
            "quantities": list(point.truth()),
        }

    def truth(self, path: str) -> Mapping[str, float]:
        """Return what a charge point measures now."""
        return self._points[path].truth()

    def advance(self, at_ms: int) -> None:
        """Do nothing: charge points ask for the time themselves."""

    def set_faults(self, path: str, faults: Sequence[Fault]) -> None:
        """Let a charge point have exactly these faults."""
        self._points[path].set_faults(faults)


def _point(device: DeviceSpec, clock: Clock) -> ChargePoint:
    if device.kind != _KIND:
        raise ScenarioError(
            f"devices: {device.path}: nobody plays kind {device.kind!r};"
            f" by OCPP there is {_KIND}"
        )
    profile = profiles.listed(device.key, _MEASURED)
    identity = str(device.options.get("charge_point", f"CP-{device.key:08X}"))
    values = steady(device, clock, profile)
    return ChargePoint(identity, values, interval_s=_INTERVAL_S, clock=clock)

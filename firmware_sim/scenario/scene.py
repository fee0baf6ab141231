"""A scenario that is played: its lines, its truth, and what is wrong with it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from firmware_sim.faults import Fault, Place
from firmware_sim.line import Ports, Wiring
from firmware_sim.scenario.part import Clock, Part
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, Scenario, ScenarioError
from firmware_sim.scenario.types import part

_STEP_MS: Final = 60_000


class ScenarioLine:
    """One line: a part of any type, its devices' faults, and its own flapping."""

    def __init__(self, spec: LineSpec, clock: Clock) -> None:
        self.spec = spec
        self.faults: dict[str, tuple[Fault, ...]] = {}
        self._part: Part = part(spec, clock)
        self._flapping: asyncio.Task[None] | None = None
        for device in spec.devices:
            self._set(device.path, device.faults)

    async def start(self, ports: Ports) -> None:
        """Begin to answer or to send."""
        await self._part.start(ports)
        if self.spec.flaps_s is not None:
            flapping = self._flap(self.spec.flaps_s, ports)
            self._flapping = asyncio.get_running_loop().create_task(flapping)

    async def stop(self) -> None:
        """Take everything away."""
        if self._flapping is not None:
            self._flapping.cancel()
            with suppress(asyncio.CancelledError):
                await self._flapping
        await self._part.stop()

    def address(self) -> Mapping[str, object]:
        """Return where the line is, in the words of a gateway's configuration."""
        return self._part.address()

    def advance(self, at_ms: int) -> None:
        """Show what there is at an instant."""
        self._part.advance(at_ms)

    def strike(self, place: Place, fault: Fault) -> int:
        """Add a fault to each device that `place` means; see `PlayedLine`."""
        meant = [
            device.path
            for device in self.spec.devices
            if place.holds_device(device.path)
        ]
        for path in meant:
            self._set(path, (*self.faults[path], fault))
        return len(meant)

    def heal(self) -> None:
        """Make every device well again."""
        for path in self.faults:
            self._set(path, ())

    def device(self, spec: DeviceSpec) -> dict[str, object]:
        """Return a device as a gateway's configuration names it."""
        named: dict[str, object] = {"name": spec.name, "node": spec.node}
        named |= {"line": self.spec.name, **self._part.words(spec.path)}
        if spec.role is not None:
            named["role"] = spec.role
        if spec.interval_s is not None:
            named["interval_s"] = spec.interval_s
        return named

    def truth(self) -> dict[str, object]:
        """Return what each device shows and what is wrong with it."""
        flaps = [] if self.spec.flaps_s is None else ["flapping line"]
        return {
            device.path: {
                "line": self.spec.name,
                "kind": device.kind,
                "values": dict(self._part.truth(device.path)),
                "faults": [each.kind for each in self.faults[device.path]] + flaps,
            }
            for device in self.spec.devices
        }

    def _set(self, path: str, faults: tuple[Fault, ...]) -> None:
        try:
            self._part.set_faults(path, faults)
        except ValueError as error:
            raise ScenarioError(f"devices: {path}: faults: {error}") from error
        self.faults[path] = faults

    async def _flap(self, every_s: float, ports: Ports) -> None:
        while True:
            await asyncio.sleep(every_s)
            await self._part.stop()
            await asyncio.sleep(every_s)
            await self._part.start(ports)


class _Named:
    """A device; where it is known only once its line has been started."""

    def __init__(self, line: ScenarioLine, spec: DeviceSpec) -> None:
        self._line = line
        self._spec = spec

    def to_json(self) -> dict[str, object]:
        """Return the device as JSON values."""
        return self._line.device(self._spec)


class ScenarioScene:
    """All lines of one scenario.

    Raises:
        ScenarioError: Something in it cannot be played.
    """

    def __init__(self, scenario: Scenario, clock: Clock) -> None:
        self.scenario = scenario
        self._lines = {line.name: ScenarioLine(line, clock) for line in scenario.lines}
        self._at_ms: int | None = None
        devices = tuple(
            _Named(self._lines[line.name], device)
            for line in scenario.lines
            for device in line.devices
        )
        site = scenario.node.partition("/")[0]
        wiring = Wiring(site, scenario.node, self._lines, devices)
        self.wirings: Mapping[str, Wiring] = {scenario.gateway: wiring}

    def advance(self, at_ms: int) -> None:
        """Go to the step that holds `at_ms`."""
        for line in self._lines.values():
            line.advance(at_ms)
        self._at_ms = at_ms // _STEP_MS * _STEP_MS

    def truth(self, at_ms: int) -> dict[str, object] | None:
        """Return what each device shows now; None for any other step."""
        if at_ms // _STEP_MS * _STEP_MS != self._at_ms:
            return None
        devices = {
            path: told
            for line in self._lines.values()
            for path, told in line.truth().items()
        }
        return {"at_ms": self._at_ms, "devices": devices}

    def steps_ms(self) -> list[int]:
        """Return the present step: no other is kept."""
        return [] if self._at_ms is None else [self._at_ms]

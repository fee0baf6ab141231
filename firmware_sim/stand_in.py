"""Stand-ins for every device of one gateway.toml, for a gateway without hardware."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

from firmware_sim import campus
from firmware_sim.campus import Room
from firmware_sim.devices import sdm120, sdm630, sunspec_inverter
from firmware_sim.devices.pzem_004t import Pzem
from firmware_sim.devices.voltonic_room import RoomBanks
from firmware_sim.electrical import Supply
from firmware_sim.line import Device, Line, Wiring
from firmware_sim.load import MeteredLoad, RoofSolar
from firmware_sim.registers import Memory
from firmware_sim.scenario.scene import ScenarioLine
from firmware_sim.scenario.spec import ScenarioError
from firmware_sim.stand_in_lines import PLAYED, line_spec
from firmware_sim.twin import CampusTwin

_SEED: Final = 7
_STEP_MS: Final = 60_000
_SERIAL: Final = {"modbus_tcp": False, "modbus_rtu": True}
_ROOM: Final = "voltonic_room"
_OWN: Final = frozenset(
    (
        *(_ROOM, "eastron_sdm120", "sdm120", "eastron_sdm630", "sdm630"),
        *("pzem_004t", "pv_inverter"),
    )
)
"""Models that are played here; a line with any other is played as in a scenario."""


Lines = Mapping[str, Line | ScenarioLine]


class StandInError(ValueError):
    """The configuration names something nobody can stand in for."""


@dataclass(frozen=True, slots=True)
class _Meter:
    bank: Memory
    load: MeteredLoad
    show: Callable[[MeteredLoad], None]

    def advance(self, at_ms: int) -> None:
        self.load.advance(at_ms)
        self.show(self.load)


class StandInScene:
    """All devices of one gateway.

    Raises:
        StandInError: A device's model or line is not known.
    """

    def __init__(
        self,
        place: tuple[str, str],
        lines: Lines,
        devices: tuple[Device, ...],
        clock: Callable[[], int],
    ) -> None:
        slug, node = place
        wiring = Wiring(node.partition("/")[0], node, lines, devices)
        self.wirings: Mapping[str, Wiring] = {slug: wiring}
        self._others = [
            line for line in lines.values() if isinstance(line, ScenarioLine)
        ]
        self._meters: list[_Meter] = []
        rooms = [device for device in devices if device.model == _ROOM]
        self._twin = CampusTwin(_SEED, [_room(node, device.node) for device in rooms])
        self._rooms = RoomBanks(self._twin, clock)
        for bank, device in zip(self._rooms.banks, rooms, strict=True):
            _plug(lines, node, device, bank)
        for device in devices:
            if device.model != _ROOM:
                meter = _meter(node, device)
                self._meters.append(meter)
                _plug(lines, node, device, meter.bank)

    def advance(self, at_ms: int) -> None:
        """Go to the step that holds `at_ms`."""
        if self._twin.rooms:
            self._twin.advance(at_ms)
            self._rooms.refresh()
        for meter in self._meters:
            meter.advance(at_ms)
        for line in self._others:
            line.advance(at_ms)

    def truth(self, at_ms: int) -> dict[str, object] | None:
        """Return nothing but the step: nobody checks a stand-in."""
        return {"at_ms": at_ms // _STEP_MS * _STEP_MS}

    def steps_ms(self) -> list[int]:
        """Return no steps."""
        return []


def stand_in(config: Path, clock: Callable[[], int]) -> StandInScene:
    """Return stand-ins for all devices that the gateway's configuration names.

    Raises:
        StandInError: The file, a device's model or its line is not usable.
    """
    try:
        raw = tomllib.loads(config.read_text())
    except (OSError, ValueError) as error:
        raise StandInError(f"{config}: {error}") from error
    match raw:
        case {
            "gateway": {"name": str(slug), "node": str(node)},
            "lines": dict(lines),
            "devices": [*devices],
        }:
            played = {
                str(name): _line(str(name), line, devices, clock)
                for name, line in lines.items()
            }
            own = [each for each in devices if _is_on_modbus(each, played)]
            return StandInScene((slug, node), played, tuple(map(_device, own)), clock)
    raise StandInError(
        f"{config}: gateway.name, gateway.node, lines or devices missing"
    )


def _line(
    name: str, raw: object, devices: list[object], clock: Callable[[], int]
) -> Line | ScenarioLine:
    mine = [
        each for each in devices if isinstance(each, dict) and each.get("line") == name
    ]
    match raw:
        case {"type": str(kind)} if kind in _SERIAL and _is_own(mine):
            return Line(serial=_SERIAL[kind])
        case {"type": str(kind), **options} if kind in PLAYED:
            words = {str(key): value for key, value in options.items()}
            try:
                return ScenarioLine(line_spec(name, kind, words, mine), clock)
            except ScenarioError as error:
                raise StandInError(str(error)) from error
    known = ", ".join(PLAYED)
    raise StandInError(f"lines.{name}.type: nobody plays it; known: {known}")


def _is_own(devices: list[dict[str, object]]) -> bool:
    """Return whether a line is played here: all of it, or at least its rooms."""
    models = {str(each.get("model")) for each in devices}
    return _ROOM in models or models <= _OWN


def _is_on_modbus(raw: object, lines: Lines) -> bool:
    """Return whether it is for this module; so is what is on no line at all."""
    line = raw.get("line") if isinstance(raw, dict) else None
    return not isinstance(lines.get(str(line)), ScenarioLine)


def _device(raw: object) -> Device:
    match raw:
        case {
            "name": str(name),
            "line": str(line),
            "unit": int(unit),
            "model": str(model),
            **rest,
        }:
            node, role = str(rest.get("node", "")), str(rest.get("role", "main"))
            return Device(name, node, line, unit, model, role)
    raise StandInError(f"devices: name, line, unit or model is missing in {raw}")


def _plug(lines: Lines, node: str, device: Device, bank: Memory) -> None:
    line = lines.get(device.line)
    if not isinstance(line, Line):
        raise StandInError(f"devices: {device.name} is on no line {device.line!r}")
    line.add(device.unit, bank, _key(node, device))


def _room(gateway_node: str, node: str) -> Room:
    building = [b for b in campus.all_buildings() if b.node == gateway_node]
    for room in campus.rooms(_SEED, building):
        if room.node == node:
            return room
    key = 100_000 + crc32(f"{gateway_node}/{node}".encode())
    return campus.room(_SEED, key, gateway_node, node)


def _key(node: str, device: Device) -> int:
    return crc32(f"{node}/{device.node}/{device.name}".encode())


def _meter(node: str, device: Device) -> _Meter:
    load = MeteredLoad(_key(node, device))
    match device.model:
        case "eastron_sdm120" | "sdm120":
            bank = sdm120.bank()
            return _Meter(bank, load, lambda now: sdm120.show(bank, *_figures(now)))
        case "eastron_sdm630" | "sdm630":
            load.largest_kw = 60.0
            three = sdm630.bank()
            return _Meter(three, load, lambda now: sdm630.show(three, *_figures(now)))
        case "pzem_004t":
            pzem = Pzem()
            return _Meter(pzem, load, lambda now: pzem.show(*_figures(now)))
        case "pv_inverter":
            roof = RoofSolar(_key(node, device), largest_kw=50.0)
            sun = sunspec_inverter.bank()
            return _Meter(
                sun, roof, lambda now: sunspec_inverter.show(sun, *_figures(now))
            )
    known = "voltonic_room, eastron_sdm120, eastron_sdm630, pzem_004t, pv_inverter"
    raise StandInError(
        f"devices: {device.name}: nobody plays model {device.model!r}; known: {known}"
    )


def _figures(load: MeteredLoad) -> tuple[Supply, float, float]:
    return load.supply, load.power_kw, load.energy_kwh

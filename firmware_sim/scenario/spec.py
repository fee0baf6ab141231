"""What a scenario file says: lines, the devices on them, and their faults."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zlib import crc32

from firmware_sim.faults import Fault, written_fault

_SHIPPED: Final = Path(__file__).parents[1] / "scenarios"
_DEVICE_KEYS: Final = frozenset(
    ("name", "node", "line", "kind", "role", "values", "faults", "interval_s")
)


class ScenarioError(ValueError):
    """The scenario cannot be played; the message names file and place."""


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device.

    Attributes:
        kind: What it is, as the type of its line knows it.
        values: Quantities that stay at one value.
        faults: What is wrong with it from the start.
        options: What else the file says of it, e.g. its unit.
    """

    name: str
    node: str
    kind: str
    role: str | None = None
    interval_s: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its place and name, unique in the scenario."""
        return f"{self.node}/{self.name}".strip("/")

    @property
    def key(self) -> int:
        """Number its draws are keyed by."""
        return crc32(self.path.encode())

    def number(self, option: str, default: int) -> int:
        """Return an option that is a whole number.

        Raises:
            ScenarioError: It is something else.
        """
        value = self.options.get(option, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ScenarioError(f"devices: {self.path}: {option}: no whole number")
        return value


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One line and its devices.

    Attributes:
        flaps_s: It goes away and comes back after so long, again and again. [s]
        options: What else the file says of it, in the words of its type.
    """

    name: str
    type: str
    flaps_s: float | None
    options: Mapping[str, object]
    devices: tuple[DeviceSpec, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One gateway's building.

    Attributes:
        gateway: Name of the gateway, a slug.
        node: Path of its node, from the site down.
    """

    gateway: str
    node: str
    lines: tuple[LineSpec, ...]


def shipped() -> tuple[str, ...]:
    """Return the names of the scenarios that come along."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def load(name: str) -> Scenario:
    """Return the shipped scenario of that name, or the one in the file.

    Raises:
        ScenarioError: There is none, or it is malformed.
    """
    path = _SHIPPED / f"{name}.toml" if name in shipped() else Path(name)
    try:
        return _scenario(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{path}: {error}") from error


def _scenario(raw: Mapping[str, object]) -> Scenario:
    match raw:
        case {
            "scenario": {"gateway": str(gateway), "node": str(node)},
            "lines": dict(lines),
            "devices": [*devices],
        }:
            on_lines = [_device(each) for each in devices]
            for line, device in on_lines:
                if line not in lines:
                    raise ScenarioError(f"devices: {device.path}: no line {line!r}")
            paths = [device.path for _, device in on_lines]
            if twice := {path for path in paths if paths.count(path) > 1}:
                raise ScenarioError(f"devices: two are called {min(twice)}")
            return Scenario(
                gateway,
                node,
                tuple(
                    _line(
                        str(name),
                        table,
                        tuple(device for line, device in on_lines if line == name),
                    )
                    for name, table in lines.items()
                ),
            )
    raise ScenarioError("scenario.gateway, scenario.node, lines or devices missing")


def _line(name: str, raw: object, devices: tuple[DeviceSpec, ...]) -> LineSpec:
    match raw:
        case {"type": str(kind), **options}:
            flaps = options.pop("flaps_s", None)
            flaps_s = None if flaps is None else _number(flaps, f"lines.{name}.flaps_s")
            words = {str(key): value for key, value in options.items()}
            return LineSpec(name, kind, flaps_s, words, devices)
    raise ScenarioError(f"lines.{name}.type: missing")


def _device(raw: object) -> tuple[str, DeviceSpec]:
    """Return a device and the name of its line."""
    match raw:
        case {"name": str(name), "line": str(line), "kind": str(kind), **more}:
            role, interval = more.get("role"), more.get("interval_s")
            return line, DeviceSpec(
                name,
                str(more.get("node", "")),
                kind,
                None if role is None else str(role),
                None if interval is None else _number(interval, f"{name}.interval_s"),
                _values(name, more.get("values", {})),
                _faults(name, more.get("faults", [])),
                {str(key): more[key] for key in more if key not in _DEVICE_KEYS},
            )
    raise ScenarioError(f"devices: name, line or kind is missing in {raw}")


def _values(name: str, raw: object) -> Mapping[str, float]:
    if not isinstance(raw, dict):
        raise ScenarioError(f"devices: {name}: values: not a table of numbers")
    return {
        str(key): _number(value, f"devices: {name}: values.{key}")
        for key, value in raw.items()
    }


def _faults(name: str, raw: object) -> tuple[Fault, ...]:
    if not isinstance(raw, list):
        raise ScenarioError(f"devices: {name}: faults: not a list")
    try:
        return tuple(written_fault(str(each)) for each in raw)
    except ValueError as error:
        raise ScenarioError(f"devices: {name}: faults: {error}") from error


def _number(raw: object, place: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ScenarioError(f"{place}: {raw!r} is no number")
    return float(raw)

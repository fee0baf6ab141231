"""What the simulators play and where they listen, as their ports file says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Settings = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class GatewayPorts:
    """One gateway's lines and devices, as its configuration wants them.

    Attributes:
        mirrors: Port at which a serial line's meters also answer Modbus TCP.
    """

    name: str
    node: str
    lines: Mapping[str, Settings]
    devices: tuple[Settings, ...]
    mirrors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ports:
    """All that is simulated.

    Attributes:
        truth: URL at which the simulators tell what really happened.
        campus_file: The campus of a replay; empty for the twin's.
        instants_ms: The instants of a replay.
    """

    truth: str
    gateways: tuple[GatewayPorts, ...]
    campus_file: Mapping[str, object]
    instants_ms: tuple[int, ...]


class PortsError(ValueError):
    """The ports file is not as it should be."""


def read(path: Path) -> Ports:
    """Return what the ports file at `path` says.

    Raises:
        PortsError: A field is missing.
    """
    match json.loads(path.read_text()):
        case {"truth": str(truth), "gateways": dict(gateways), **rest}:
            return Ports(
                truth,
                tuple(_gateway(str(name), raw) for name, raw in gateways.items()),
                _mapping(rest.get("campus_file", {})),
                tuple(_integers(rest.get("instants_ms", []))),
            )
    raise PortsError(f"{path}: truth or gateways is missing")


def _gateway(name: str, raw: object) -> GatewayPorts:
    match raw:
        case {"node": str(node), "lines": dict(lines), "devices": [*devices]}:
            plain = {str(line): _mapping(entry) for line, entry in lines.items()}
            return GatewayPorts(
                name,
                node,
                {line: _settings(entry) for line, entry in plain.items()},
                tuple(_settings(_mapping(device)) for device in devices),
                {
                    line: port
                    for line, entry in plain.items()
                    if (port := _mirror(entry)) is not None
                },
            )
    raise PortsError(f"gateway {name}: node, lines or devices is missing")


def _settings(raw: Mapping[str, object]) -> Settings:
    return {key: value for key, value in raw.items() if isinstance(value, str | int)}


def _mirror(raw: Mapping[str, object]) -> int | None:
    match raw.get("mirror"):
        case {"port": int(port)}:
            return port
    return None


def _mapping(raw: object) -> Mapping[str, object]:
    if not isinstance(raw, dict):
        raise PortsError(f"not an object: {str(raw)[:100]}")
    return {str(key): value for key, value in raw.items()}


def _integers(raw: object) -> list[int]:
    if not isinstance(raw, list):
        raise PortsError(f"not a list: {str(raw)[:100]}")
    return [int(value) for value in raw]

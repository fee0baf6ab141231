"""The gateways' configuration files, as a technician would write them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_sim.demo.addresses import LOOPBACK
from firmware_sim.demo.ports import GatewayPorts, Settings

_ROOM_INTERVAL_S: Final = 30
_MAIN_INTERVAL_S: Final = 10
_ROOM_MODEL: Final = "voltonic_room"


@dataclass(frozen=True, slots=True)
class Installed:
    """One gateway's files."""

    name: str
    node: str
    config: Path
    data_dir: Path


def install(ports: GatewayPorts, directory: Path, cloud_url: str) -> Installed:
    """Write the configuration of one gateway below `directory`."""
    home = directory / ports.name
    home.mkdir(parents=True)
    installed = Installed(ports.name, ports.node, home / "gateway.toml", home / "data")
    installed.data_dir.mkdir()
    text = "\n".join(_lines(ports, installed.data_dir, cloud_url))
    installed.config.write_text(f"{text}\n")
    return installed


def _lines(ports: GatewayPorts, data_dir: Path, cloud_url: str) -> Iterator[str]:
    rooms = any(device["model"] == _ROOM_MODEL for device in ports.devices)
    yield from _table(
        "[gateway]",
        {
            "name": ports.name,
            "node": ports.node,
            "data_dir": str(data_dir),
            "simulate": "never",
        },
    )
    yield from _table("[cloud]", {"url": cloud_url})
    yield from _table("[poll]", {"interval_s": _ROOM_INTERVAL_S, "max_age_s": 180})
    for name, line in ports.lines.items():
        yield from _table(f"[lines.{name}]", line)
    for device in ports.devices:
        yield from _table("[[devices]]", _device(device))
    yield from _table("[rules.unoccupied_setback]", {"enabled": rooms})
    yield from _table("[forecaster]", {"enabled": True})
    yield from _table("[status_page]", {"host": LOOPBACK, "port": 0})


def _device(device: Settings) -> Settings:
    interval_s = _ROOM_INTERVAL_S if device["node"] else _MAIN_INTERVAL_S
    return {**device, "interval_s": interval_s}


def _table(header: str, values: Mapping[str, str | int]) -> Iterator[str]:
    yield header
    for key, value in values.items():
        yield f"{key} = {json.dumps(value)}"
    yield ""

"""The campus, the gateways and who may ask or post, made known to the cloud."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_sim import campus
from firmware_sim.campus_file import campus_file
from firmware_sim.demo import programs
from firmware_sim.demo.configs import Installed
from firmware_sim.demo.options import Options
from firmware_sim.demo.ports import Ports
from firmware_sim.demo.processes import output_of, outputs_of

GROUNDS: Final = ("pump-house", "sports-ground", "guest-house")
"""Where the nodes stand that post by themselves."""


@dataclass(frozen=True, slots=True)
class Keys:
    """API keys: one to look at everything, one for each node that posts."""

    viewer: str
    nodes: tuple[str, ...]


async def register(
    options: Options, data: Path, ports: Ports, gateways: Sequence[Installed]
) -> Keys:
    """Tell the cloud, which keeps its data in `data`, about everything.

    Raises:
        ProgramError: A command of the cloud or of a gateway failed.
    """
    site_file = _site_file(options, ports)
    _, public_keys = await asyncio.gather(
        output_of(programs.cloud_command(data, "campus", "import", site_file)),
        outputs_of([programs.gateway_key(gateway) for gateway in gateways]),
    )
    gateway_file = options.data / "gateways.json"
    gateway_file.write_text(json.dumps(_entries(gateways, public_keys), indent=1))
    places = () if options.replay else GROUNDS
    _, viewer, *nodes = await outputs_of(
        [
            programs.cloud_command(data, "gateway", "add", "--from", gateway_file),
            programs.cloud_command(data, "key", "add", "demo", "--role", "viewer"),
            *(programs.esp8266_add(data, f"grounds/{place}") for place in places),
        ]
    )
    return Keys(_last_line(viewer), tuple(map(_last_line, nodes)))


def _site_file(options: Options, ports: Ports) -> Path:
    path = options.data / "campus.json"
    chosen = campus.buildings(options.buildings)
    path.write_text(json.dumps(ports.campus_file or campus_file(options.seed, chosen)))
    return path


def _entries(
    gateways: Sequence[Installed], public_keys: Sequence[str]
) -> list[dict[str, str]]:
    return [
        {"slug": gateway.name, "node": gateway.node, "public_key": _last_line(key)}
        for gateway, key in zip(gateways, public_keys, strict=True)
    ]


def _last_line(output: str) -> str:
    return output.strip().splitlines()[-1]

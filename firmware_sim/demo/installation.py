"""Everything before the first tick: files, keys, registrations, and all programs up."""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_sim.conductor import Conductor, Kind, Peer
from firmware_sim.demo import programs
from firmware_sim.demo.addresses import LOOPBACK
from firmware_sim.demo.asks import Cloud
from firmware_sim.demo.configs import Installed, install
from firmware_sim.demo.forwarder import Link
from firmware_sim.demo.options import Options
from firmware_sim.demo.ports import Ports, read
from firmware_sim.demo.processes import (
    Children,
    Program,
    ProgramError,
    line_in_log,
)
from firmware_sim.demo.registration import Keys, register

_READY_TIMEOUT_S: Final = 120.0
_SIGN_IN: Final = "/setup#"


@dataclass(frozen=True, slots=True)
class Installation:
    """The demo's programs and what is needed to reach them.

    Attributes:
        links: Where a gateway's connection can be cut; empty without chaos.
        sign_in: Link of the first administrator.
    """

    options: Options
    ports: Ports
    gateways: tuple[Installed, ...]
    links: Mapping[str, Link]
    keys: Keys
    sign_in: str

    @property
    def url(self) -> str:
        """The cloud's address."""
        return f"http://{LOOPBACK}:{self.options.port}"

    @property
    def cloud_data(self) -> Path:
        """Where the cloud keeps its data."""
        return cloud_data(self.options)

    @property
    def peers(self) -> list[Peer]:
        """Who the conductor waits for."""
        gateways = [Peer(Kind.GATEWAY, gateway.name) for gateway in self.gateways]
        return [Peer(Kind.SIMULATOR, programs.SIMULATOR), *gateways]


def cloud_data(options: Options) -> Path:
    """Return where the cloud keeps its data."""
    return options.data / "cloud"


async def set_up(
    options: Options,
    children: Children,
    conductor: Conductor,
    stack: AsyncExitStack,
) -> Installation:
    """Install and start everything; return when all peers wait for the conductor.

    Args:
        stack: Closes the links at the end.

    Raises:
        ProgramError: A program failed.
    """
    ports = await _simulators(options, children, conductor.path)
    links = await _links(options, ports, stack)
    gateways = tuple(
        install(entry, options.data / "gateways", _url(options, links.get(entry.name)))
        for entry in ports.gateways
    )
    keys = await register(options, cloud_data(options), ports, gateways)
    cloud = await children.start(cloud_program(options, ports))
    for gateway in gateways:
        await children.start(programs.gateway(gateway, conductor.path))
    line = await line_in_log(cloud, _SIGN_IN, _READY_TIMEOUT_S)
    sign_in = next(word for word in line.split() if _SIGN_IN in word)
    installation = Installation(options, ports, gateways, links, keys, sign_in)
    await healthy(installation.url, keys.viewer, children)
    await conductor.gathered(installation.peers, _READY_TIMEOUT_S)
    return installation


async def _simulators(options: Options, children: Children, conductor: Path) -> Ports:
    ports_file = options.data / "ports.json"
    child = await children.start(programs.simulator(options, conductor, ports_file))
    await line_in_log(child, '"gateways"', _READY_TIMEOUT_S)
    return read(ports_file)


async def _links(
    options: Options, ports: Ports, stack: AsyncExitStack
) -> dict[str, Link]:
    if not options.chaos:
        return {}
    links = {gateway.name: Link(options.port) for gateway in ports.gateways}
    for link in links.values():
        await link.start()
        stack.push_async_callback(link.close)
    return links


def _url(options: Options, link: Link | None) -> str:
    return f"http://{LOOPBACK}:{options.port if link is None else link.port}"


def cloud_program(options: Options, ports: Ports) -> Program:
    """Return the cloud of these options; the simulators tell it the weather."""
    return programs.cloud(cloud_data(options), options.port, ports.truth)


async def healthy(url: str, key: str, children: Children) -> None:
    """Return when the cloud answers.

    Raises:
        ProgramError: It ended, or did not answer in time.
    """
    async with Cloud(url, key) as cloud:
        try:
            async with asyncio.timeout(_READY_TIMEOUT_S):
                while not await cloud.is_healthy():
                    children.require_running(programs.CLOUD)
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise ProgramError("the cloud does not answer") from error


def fresh(data: Path) -> None:
    """Make `data` ours.

    Raises:
        FileExistsError: There is something in it.
    """
    data.mkdir(parents=True, exist_ok=True)
    if any(data.iterdir()):
        raise FileExistsError(str(data))
    (data / "demo.id").write_text(secrets.token_hex(8) + "\n")

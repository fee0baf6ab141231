"""A search for Modbus TCP servers: hosts, ports, unit ids."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final

from gateway.drivers.modbus.bus import ModbusBus
from gateway.lines import LineDownError, RtuTcpLine, TcpLine
from gateway.meters import Models
from gateway.probing import Found, Step, Table
from gateway.probing.unit import answers, identified

DEFAULT_UNITS: Final = (1, 2, 3, 4, 5, 100, 126, 200, 225, 240, 247, 255)
_MOST_HOSTS: Final = 1024
_AT_ONCE: Final = 64
_HOSTS_AT_ONCE: Final = 8
_STRANGER: Final = 213
"""An id nobody gives: who answers to it does not look at the id."""


@dataclass(frozen=True, slots=True)
class Search:
    """What to search.

    Attributes:
        timeout_s: How long an answer may take. [s]
        through_server: RTU frames, as a serial server passes them on.
    """

    places: Sequence[tuple[str, int]]
    units: Sequence[int]
    timeout_s: float
    connect_s: float = 1.0
    through_server: bool = False


def hosts(text: str) -> list[str]:
    """Return the hosts in an address or a subnet such as 192.168.1.0/24.

    Raises:
        ValueError: It is neither, or a subnet too large to search.
    """
    if "/" not in text:
        return [text]
    network = ip_network(text, strict=False)
    if network.num_addresses > _MOST_HOSTS:
        raise ValueError(f"{text} has {network.num_addresses} hosts; give /22 or less")
    return [str(each) for each in network.hosts()]


async def scan(search: Search, models: Models, step: Step) -> list[Found]:
    """Return the devices behind the hosts and ports that can be reached."""
    gate = asyncio.Semaphore(_AT_ONCE)
    reached = await asyncio.gather(
        *(_is_open(search, place, gate, step) for place in search.places)
    )
    is_open = [p for p, yes in zip(search.places, reached, strict=True) if yes]
    few = asyncio.Semaphore(_HOSTS_AT_ONCE)
    lists = await asyncio.gather(
        *(_behind(search, place, few, models, step) for place in is_open)
    )
    return [found for each in lists for found in each]


async def _is_open(
    search: Search, place: tuple[str, int], gate: asyncio.Semaphore, step: Step
) -> bool:
    host, port = place
    async with gate:
        try:
            async with asyncio.timeout(search.connect_s):
                _, writer = await asyncio.open_connection(host, port)
        except (OSError, TimeoutError):
            return False
        finally:
            step(f"{host}:{port}", 1)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def _behind(
    search: Search,
    place: tuple[str, int],
    gate: asyncio.Semaphore,
    models: Models,
    step: Step,
) -> list[Found]:
    kind = RtuTcpLine if search.through_server else TcpLine
    line = kind("probe", *place, search.timeout_s)
    table: Table = {
        "type": "modbus_rtu_tcp" if search.through_server else "modbus_tcp",
        "host": place[0],
        "port": place[1],
    }
    bus = ModbusBus(line, models)
    found: list[Found] = []
    async with gate:
        try:
            for unit in search.units:
                step(f"{line} unit {unit}", 0)
                if await answers(bus, unit, thoroughly=not found):
                    found += await identified(bus, unit, table, models)
            if len(found) > 1 and await answers(bus, _STRANGER, thoroughly=False):
                found = _one(found)
        except LineDownError:  # it hung up for good: what was found stands
            pass
        finally:
            bus.close()
    return found


def _one(found: Sequence[Found]) -> list[Found]:
    """Return each thing once, of a host that answers to any id."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda each: each.device is None):
        if each.title not in [other.title for other in kept] and (
            each.device is not None or not kept
        ):
            kept.append(each)
    return kept

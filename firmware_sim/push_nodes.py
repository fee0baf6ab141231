"""Boards that post their meter's counter over HTTP, each on its own clock."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from firmware_sim.faults import Fault, Kind
from firmware_sim.line import Ports

PATH: Final = "/api/hardware/data"

_POSTED: Final[Mapping[str, str]] = {
    "energy_produced": "energy_generated_kwh",
    "energy_consumed": "energy_import_kwh",
    "current_load": "load_percent",
    "voltage": "voltage_v",
    "voltage1": "voltage_l1_v",
    "voltage2": "voltage_l2_v",
    "voltage3": "voltage_l3_v",
    "current": "current_a",
    "current1": "current_l1_a",
    "current2": "current_l2_a",
    "current3": "current_l3_a",
    "frequency": "frequency_hz",
    "power_factor": "power_factor",
}
_TIMEOUT_S: Final = 5.0
_FAULTS: Final = (Kind.DROPOUT, Kind.GARBAGE, Kind.HALF_FRAME, Kind.STUCK)


@dataclass(slots=True)
class PushNode:
    """One board.

    Attributes:
        values: What its meter shows at an instant, by quantity. [ms since 1970 UTC]
        faults: Each strikes every time.
    """

    key: str
    values: Callable[[int], Mapping[str, float]]
    faults: Sequence[Fault] = ()
    _last: bytes = b""

    def body(self, at_ms: int) -> bytes | None:
        """Return what it posts now; None while a fault keeps it silent."""
        kinds = {fault.kind for fault in self.faults}
        if Kind.DROPOUT in kinds:
            return None
        if not (Kind.STUCK in kinds and self._last):
            shown = {"energy_generated_kwh": 0.0, **self.values(at_ms)}
            self._last = json.dumps(
                {name: shown[each] for name, each in _POSTED.items() if each in shown}
            ).encode()
        if Kind.GARBAGE in kinds:
            return bytes(byte ^ 0xA5 for byte in self._last)
        return self._last[:-9] if Kind.HALF_FRAME in kinds else self._last


@dataclass(slots=True)
class PushNodes:
    """Boards that post to one gateway, by name; it may be away.

    Attributes:
        port: Of the gateway.
        statuses: What each was answered last; 0 is no answer.
    """

    nodes: Mapping[str, PushNode]
    interval_s: float = 10.0
    host: str = "127.0.0.1"
    port: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    _posting: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, ports: Ports) -> None:
        """Begin to post."""
        self.port = self.port or ports.take()
        self._posting = [
            asyncio.create_task(self._post_for_ever(name)) for name in self.nodes
        ]

    async def stop(self) -> None:
        """Switch all of them off."""
        for task in self._posting:
            task.cancel()
        await asyncio.gather(*self._posting, return_exceptions=True)
        self._posting = []

    def address(self) -> dict[str, object]:
        """Return the line in the words of a gateway's configuration."""
        return {"type": "http_push", "host": self.host, "port": self.port}

    def truth(self, name: str) -> dict[str, float]:
        """Return what a board's meter shows now."""
        return dict(self.nodes[name].values(_now_ms()))

    def set_faults(self, name: str, faults: Sequence[Fault]) -> None:
        """Let a board have exactly these faults.

        Raises:
            ValueError: It knows no such fault.
        """
        unknown = [each.kind for each in faults if each.kind not in _FAULTS]
        if unknown:
            raise ValueError(f"a board that posts has no {unknown[0]}")
        self.nodes[name].faults = tuple(faults)

    async def _post_for_ever(self, name: str) -> None:
        node = self.nodes[name]
        url = f"http://{self.host}:{self.port}{PATH}"
        headers = {"X-API-Key": node.key, "Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
            while True:
                body = node.body(_now_ms())
                if body is not None:
                    self.statuses[name] = await _post(session, url, body)
                await asyncio.sleep(self.interval_s)


async def _post(session: aiohttp.ClientSession, url: str, body: bytes) -> int:
    with suppress(aiohttp.ClientError, TimeoutError):
        async with session.post(url, data=body) as response:
            await response.read()
            return response.status
    return 0


def _now_ms() -> int:
    return round(time.time() * 1000)

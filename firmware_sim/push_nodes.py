"""Boards that post to the gateway: with the ESP8266's firmware, or without a clock."""

import asyncio
import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Protocol

import aiohttp

from firmware_sim.faults import Fault, Kind
from firmware_sim.line import HOST, Ports
from firmware_sim.node_firmware import Act, Firmware, Limits, Sample

PATH: Final = "/api/hardware/data"
FAULTS: Final = (Kind.DROPOUT, Kind.GARBAGE, Kind.HALF_FRAME, Kind.STUCK)
QUANTITIES: Final[Mapping[str, str]] = {
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

Values = Callable[[int], Mapping[str, float]]
"""What a meter shows at an instant, by quantity. [ms since 1970 UTC]"""


class Board(Protocol):
    """What posts."""

    key: str
    faults: tuple[Fault, ...]

    def body(self, at_ms: int) -> bytes | None:
        """Return what it posts now, if anything."""

    def answered(self, status: int) -> None:
        """Take the answer; 0 is none."""

    def truth(self, at_ms: int) -> dict[str, float]:
        """Return what it would post, by quantity."""


@dataclass(slots=True)
class PlainBoard:
    """A board without a clock: it posts its meter's counter and forgets it."""

    key: str
    values: Values
    faults: tuple[Fault, ...] = ()
    _last: bytes = b""

    def body(self, at_ms: int) -> bytes | None:
        """Return what it posts now; None while a fault keeps it silent."""
        kinds = {fault.kind for fault in self.faults}
        if Kind.DROPOUT in kinds:
            return None
        if not (Kind.STUCK in kinds and self._last):
            shown = {"energy_generated_kwh": 0.0, **self.values(at_ms)}
            fields = {
                name: shown[each] for name, each in QUANTITIES.items() if each in shown
            }
            self._last = json.dumps(fields).encode()
        return _spoilt(self._last, kinds)

    def answered(self, status: int) -> None:
        """Forget it."""

    def truth(self, at_ms: int) -> dict[str, float]:
        """Return what its meter shows."""
        return dict(self.values(at_ms))


@dataclass(slots=True)
class Esp8266:
    """A board with the firmware of `esp8266/`: it keeps what it cannot deliver."""

    key: str
    values: Values
    capacity_w: int = 10_000
    interval_s: int = 60
    faults: tuple[Fault, ...] = ()
    _firmware: Firmware = field(init=False)
    _started_s: float = field(init=False)
    _stuck: Sample | None = None

    def __post_init__(self) -> None:
        self._firmware = Firmware(limits=Limits(measure_every_s=self.interval_s))
        self._started_s = time.monotonic()

    def body(self, at_ms: int) -> bytes | None:
        """Go on, and return what is due to be posted."""
        kinds = {fault.kind for fault in self.faults}
        now_s, firmware = self._uptime_s(), self._firmware
        firmware.clock(now_s, at_ms // 1000)
        firmware.network(now_s, is_up=Kind.DROPOUT not in kinds)
        act = firmware.next(now_s)
        if act is Act.MEASURE:
            if Kind.STUCK not in kinds or self._stuck is None:
                self._stuck = self._sample(at_ms)
            firmware.measured(now_s, self._stuck)
            act = firmware.next(now_s)
        if act is Act.RESTART:
            firmware.restart()
            self._started_s = time.monotonic()
        sample = firmware.to_post() if act is Act.POST else None
        if sample is None:
            return None
        return _spoilt(json.dumps(sample.body(self.capacity_w)).encode(), kinds)

    def answered(self, status: int) -> None:
        """Forget the sample, or try again later."""
        self._firmware.answered(self._uptime_s(), status)

    def truth(self, at_ms: int) -> dict[str, float]:
        """Return what its meter shows, as wide as its numbers are."""
        body = self._sample(at_ms).body(self.capacity_w)
        return {QUANTITIES[name]: body[name] for name in body if name in QUANTITIES}

    def _sample(self, at_ms: int) -> Sample:
        shown = self.values(at_ms)
        return Sample(
            wh=round(shown["energy_import_kwh"] * 1000),
            deciwatts=round(shown["active_power_kw"] * 10_000),
            decivolts=round(shown["voltage_v"] * 10),
            milliamps=round(shown["current_a"] * 1000),
            centihertz=round(shown["frequency_hz"] * 100),
            centi_pf=round(shown["power_factor"] * 100),
        )

    def _uptime_s(self) -> int:
        return int(time.monotonic() - self._started_s)


@dataclass(slots=True)
class PushNodes:
    """Boards that post to one gateway, which may be away.

    Attributes:
        nodes: By name.
        every_s: How often each of them looks what to do.
        port: Of the gateway.
        statuses: What each was answered last; 0 is no answer.
    """

    nodes: Mapping[str, Board]
    every_s: float = 0.5
    port: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    _posting: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, ports: Ports) -> None:
        """Begin to post, after a stop to where they did before."""
        self.port = self.port or ports.take() or _free_port()
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
        return {"type": "http_push", "host": HOST, "port": self.port}

    def truth(self, name: str) -> dict[str, float]:
        """Return what a board's meter shows now."""
        return self.nodes[name].truth(_now_ms())

    def set_faults(self, name: str, faults: Sequence[Fault]) -> None:
        """Let a board have exactly these faults.

        Raises:
            ValueError: It knows no such fault.
        """
        for fault in faults:
            if fault.kind not in FAULTS:
                known = ", ".join(FAULTS)
                raise ValueError(
                    f"no board that posts has {fault.kind}; known: {known}"
                )
        self.nodes[name].faults = tuple(faults)

    async def _post_for_ever(self, name: str) -> None:
        node = self.nodes[name]
        headers = {"X-API-Key": node.key, "Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        url = f"http://{HOST}:{self.port}{PATH}"
        async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
            while True:
                body = node.body(_now_ms())
                if body is not None:
                    self.statuses[name] = await _post(session, url, body)
                    node.answered(self.statuses[name])
                await asyncio.sleep(self.every_s)


async def _post(session: aiohttp.ClientSession, url: str, body: bytes) -> int:
    with suppress(aiohttp.ClientError, TimeoutError):
        async with session.post(url, data=body) as response:
            await response.read()
            return response.status
    return 0


def _spoilt(body: bytes, kinds: set[str]) -> bytes:
    if Kind.GARBAGE in kinds:
        return bytes(byte ^ 0xA5 for byte in body)
    return body[:-9] if Kind.HALF_FRAME in kinds else body


def _free_port() -> int:
    with socket.socket() as held:
        held.bind((HOST, 0))
        return int(held.getsockname()[1])


def _now_ms() -> int:
    return round(time.time() * 1000)

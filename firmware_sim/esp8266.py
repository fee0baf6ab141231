"""ESP8266 nodes that post their meter's energy as JSON over HTTP with an API key."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import aiohttp
import numpy as np

from firmware_sim.draws import Stream, between, uniform
from firmware_sim.electrical import supply
from firmware_sim.faults import Fault, Kind
from firmware_sim.solar import CAPACITY_KW, SolarArray

logger = logging.getLogger(__name__)

PATH: Final = "/api/hardware/data"
_STEP: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_ZONE: Final = ZoneInfo("Asia/Kolkata")
_KEY: Final = 8_000
_TIMEOUT_S: Final = 10.0
_CONFLICT: Final = 409

# Share of its capacity that a sports ground uses: floodlights in the evening.
_DAY: Final = ([0, 5, 7, 17, 18.5, 21.5, 23, 24], [8, 8, 20, 25, 85, 80, 15, 8])


@dataclass(slots=True)
class Node:
    """One node, its meter and its roof.

    Attributes:
        produced_kwh: Measured and in no message yet, as is `consumed_kwh`.
        facility_id: Sent along when set.
        solar_kwp: Size of the roof beside it.
        drift_s: How far its clock is ahead by now.
    """

    number: int
    seed: int = 7
    facility_id: int | None = None
    capacity_kw: float = 40.0
    solar_kwp: float = 5.0
    faults: tuple[Fault, ...] = ()
    produced_kwh: float = 0.0
    consumed_kwh: float = 0.0
    drift_s: float = 0.0
    _until: datetime | None = None
    _posts: int = 0
    _waiting: dict[str, object] | None = None
    _stuck: dict[str, object] | None = None
    _solar: SolarArray = field(init=False)

    def __post_init__(self) -> None:
        self._solar = SolarArray(self.seed)

    def consumed_kw(self, at: datetime) -> float:
        """Return the load in the minute of `at`."""
        local = at.astimezone(_ZONE)
        percent = float(np.interp(local.hour + local.minute / 60, *_DAY))
        minute = int(at.timestamp()) // 60
        draw = uniform(self.seed, Stream.PROFILE, _KEY + self.number, minute)
        return self.capacity_kw * percent / 100 * float(between(0.95, 1.05, draw))

    def produced_kw(self, at: datetime) -> float:
        """Return the production in the minute of `at`."""
        return self._solar.power_kw(at) * self.solar_kwp / CAPACITY_KW

    def advance(self, to: datetime) -> None:
        """Measure up to `to`, minute by minute."""
        at = self._until or to
        while at < to:
            minute = at.replace(second=0, microsecond=0)
            until = min(to, minute + _STEP)
            hours = (until - at) / _HOUR
            self.consumed_kwh += self.consumed_kw(minute) * hours
            self.produced_kwh += self.produced_kw(minute) * hours
            self.drift_s += hours * 3600 * sum(self._sizes(Kind.CLOCK_DRIFT))
            at = until
        self._until = to

    def body(self) -> bytes | None:
        """Return the bytes to post; None when a fault keeps the node silent.

        Until it is accepted it is the same message, so that it can't count twice.
        """
        self._posts += 1
        self._waiting = self._waiting or self._message()
        raw = json.dumps(self._waiting).encode()
        if self._strikes(Kind.DROPOUT):
            return None
        if self._strikes(Kind.GARBAGE):
            return bytes((byte ^ 0xA5) for byte in raw)
        return raw[: len(raw) // 2] if self._strikes(Kind.HALF_FRAME) else raw

    def accepted(self) -> None:
        """Make a new message next time."""
        self._waiting = None

    def delay_s(self) -> float:
        """Return how late the next post is."""
        return sum(self._sizes(Kind.SLOW))

    def _message(self) -> dict[str, object]:
        """Take what was measured since the last message into a new one."""
        if self._until is None:
            raise RuntimeError("the node has not measured yet")
        message = self._measured(self._until)
        self.produced_kwh -= float(str(message["energy_produced"]))
        self.consumed_kwh -= float(str(message["energy_consumed"]))
        if self.facility_id is not None:
            message["facility_id"] = self.facility_id
        return self._as_stuck(message)

    def _measured(self, at: datetime) -> dict[str, object]:
        power_kw = self.consumed_kw(at)
        power_kw *= 1 + sum(self._sizes(Kind.NOISE)) * (2 * self._draw(1) - 1)
        sup = supply(self.seed, _KEY + self.number, int(at.timestamp()) // 60)
        amps = [round(phase.current_a, 2) for phase in sup.three(power_kw)]
        return {
            "energy_produced": round(self.produced_kwh, 4),
            "energy_consumed": round(self.consumed_kwh, 4),
            "current_load": round(power_kw / self.capacity_kw * 100, 2),
            "voltage": round(sum(sup.voltage_v) / 3, 1),
            "current": round(sum(amps), 2),
            "current1": amps[0],
            "current2": amps[1],
            "current3": amps[2],
            "frequency": round(sup.frequency_hz, 2),
            "power_factor": round(sup.power_factor, 3),
            "timestamp": (at + timedelta(seconds=self.drift_s)).isoformat(),
        }

    def _as_stuck(self, fresh: dict[str, object]) -> dict[str, object]:
        if not self._strikes(Kind.STUCK):
            self._stuck = None
            return fresh
        self._stuck = self._stuck or fresh
        return self._stuck | {"timestamp": fresh["timestamp"]}

    def _sizes(self, kind: Kind) -> list[float]:
        return [fault.amount for fault in self.faults if fault.kind is kind]

    def _strikes(self, kind: Kind) -> bool:
        chances = [fault.probability for fault in self.faults if fault.kind is kind]
        return bool(chances) and self._draw(2 + list(Kind).index(kind)) < max(chances)

    def _draw(self, place: int) -> float:
        moment = self._posts * 100 + place
        return float(uniform(self.seed, Stream.FAULT, _KEY + self.number, moment))


async def post(
    session: aiohttp.ClientSession, url: str, key: str, node: Node
) -> int | None:
    """Post the node's message; return the status, None without an answer.

    It waits for the next time unless the cloud has it: now, or by an earlier post.
    """
    await asyncio.sleep(node.delay_s())
    body = node.body()
    if body is None:
        return None
    try:
        headers = {"X-API-Key": key, "Content-Type": "application/json"}
        async with session.post(url + PATH, data=body, headers=headers) as response:
            await response.read()
            status = response.status
    except (aiohttp.ClientError, TimeoutError):
        return None
    if _is_good(status) or status == _CONFLICT:
        node.accepted()
    return status


async def post_all(url: str, nodes: Mapping[str, Node], *, interval_s: float) -> None:
    """Let `nodes`, by API key, measure and post every `interval_s`, until cancelled."""
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    taken: dict[str, bool] = {}
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            for key, node in nodes.items():
                node.advance(datetime.now(UTC))
                status = await post(session, url, key, node)
                is_taken = status is not None and status < 300
                if is_taken is not taken.get(key, True):
                    logger.warning("node %d: answer %s", node.number, status)
                taken[key] = is_taken
            await asyncio.sleep(interval_s)


def _is_good(status: int | None) -> bool:
    return status is not None and status < 300

"""One device that posts: its book, kept with its readings, and how it is."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contract.quantity import Quantity, implausible
from contract.reading import Quality, Reading
from gateway.driver import Poll, Shown, Surroundings
from gateway.drivers.http_push.body import COUNTERS, GAUGES, Post
from gateway.drivers.http_push.book import Taken, opened, taken
from gateway.drivers.http_push.line import HttpPushLine, PushPlace
from gateway.lines import DeviceError, DeviceSettings, NoAnswerError

PREFIX: Final = "http_push/"
_FIELDS: Final = {each: name for name, each in (*COUNTERS.items(), *GAUGES.items())}


@dataclass(slots=True)
class Port:
    """What the devices of a line share.

    Attributes:
        opened_s: Since when devices can post, by the loop's clock. [s]
        stranger: What somebody unknown did there, for who looks for a device.
    """

    opened_s: float = 0.0
    stranger: str = ""


class PushDevice:
    """A device and what came from it.

    Attributes:
        heard: When it posted last, and its post was taken.
        complaint: Why its last post was refused; empty if it was taken.
        stores_within_s: How long a post may wait for the disk. [s]
        patience_s: How long after the line opened a first post is waited for. [s]
    """

    def __init__(
        self,
        line: HttpPushLine,
        settings: DeviceSettings,
        place: PushPlace,
        around: Surroundings,
        port: Port,
    ) -> None:
        self.place = place
        self.stores_within_s, self.patience_s = 8.0, 3.0
        self.heard: datetime | None = None
        self.complaint = ""
        self._entry = settings.entry
        self._least_fresh = timedelta(seconds=line.timeout_s)
        self._around, self._port = around, port
        self._state = PREFIX + settings.path
        self._book = opened(self._kept())
        self._newest: dict[Quantity, Shown] = {}
        self._refused: list[str] = []
        self._one_by_one, self._heard_once = asyncio.Lock(), asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    @property
    def fresh_for(self) -> timedelta:
        """How long after a post the device counts as connected."""
        return max(self._least_fresh, 2 * self.place.interval)

    async def take(self, posts: list[Post], key: str, now: datetime) -> int:
        """Return how many posts are new; all of them are committed by then.

        Raises:
            ConflictError: One came before, with other values.
            TimeoutError: They cannot be committed now.
        """
        async with self._one_by_one:
            await self._settled()
            found = taken(self._book, self.place, posts, key, now)
            if found.accepted:
                self._keeping = asyncio.create_task(self._keep(found))
                await self._settled()
            self.heard, self.complaint = now, ""
            self._heard_once.set()
            return found.accepted

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Say how it is; its readings are kept as they come.

        Raises:
            NoAnswerError: Nothing came for too long.
            DeviceError: Its last post was refused.
        """
        refused, self._refused = self._refused, []
        if self.complaint:
            raise DeviceError(f"its last post was refused: {self.complaint}")
        await self._first()
        if self.heard is None:
            raise NoAnswerError(f"no post came since the start{self._port.stranger}")
        age = now() - self.heard
        if age > self.fresh_for:
            raise NoAnswerError(
                f"no post for {age.total_seconds():.0f} s{self._port.stranger}"
            )
        return Poll([], refused)

    async def inspect(self, now: Callable[[], datetime]) -> list[Shown]:
        """Return the newest value of each quantity.

        Raises:
            NoAnswerError: None came since the start.
        """
        del now  # each value has its own instant
        if not self._newest:
            raise NoAnswerError(f"no post came since the start{self._port.stranger}")
        return list(self._newest.values())

    async def _first(self) -> None:
        """Let boards that tried while the gateway was away come first."""
        until_s = self._port.opened_s + self.patience_s
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until_s):
                await self._heard_once.wait()

    def _kept(self) -> Mapping[str, bytes]:
        rows = self._around.kept(self._state)
        names = {name.removeprefix(self._state): row for name, row in rows.items()}
        return {
            name: row
            for name, row in names.items()
            if not name or name.removeprefix("/").isdecimal()
        }

    async def _settled(self) -> None:
        """Wait for what is being committed, so that memory and disk agree."""
        if self._keeping is None:
            return
        async with asyncio.timeout(self.stores_within_s):
            await asyncio.wait([self._keeping])
        keeping, self._keeping = self._keeping, None
        keeping.result()

    async def _keep(self, found: Taken) -> None:
        readings = list(self._readings(found))
        state = {self._state + name: row for name, row in found.state.items()}
        await self._around.keep(readings, state)
        self._book = found.book
        if found.late:
            self._refused.append(
                f"{found.late} posts came late: of them only energy counts"
            )

    def _readings(self, found: Taken) -> list[Reading]:
        simulated = self._entry.simulated
        quality = Quality.SIMULATED if simulated else Quality.MEASURED
        readings = []
        for quantity, at, value in found.values:
            if quantity not in self._entry.quantities:
                continue
            if reason := implausible(quantity, value):
                self._refused.append(f"{quantity}: {value:g} is {reason}")
                continue
            readings.append(Reading(self._entry.point(quantity), at, value, quality))
            name = _FIELDS.get(quantity, "current_load")
            self._newest[quantity] = Shown(quantity, value, name, "", at)
        return readings


@dataclass(frozen=True, slots=True)
class Figures:
    """What a device is told of itself."""

    device: PushDevice

    def status(self, now: datetime) -> dict[str, object]:
        """Return whether it is fresh, in the cloud's words."""
        device, place = self.device, self.device.place
        age = None if device.heard is None else max(now - device.heard, timedelta())
        return {
            "device": place.device_id,
            "facility_id": None,
            "connected": age is not None and age <= device.fresh_for,
            "last_seen": device.heard and int(device.heard.timestamp()),
            "age_s": None if age is None else age.total_seconds(),
            "reporting_interval": round(place.interval.total_seconds()),
        }

    def config(self, now: datetime) -> dict[str, object]:
        """Return what it needs to know, in the cloud's words."""
        place = self.device.place
        shares = {
            "low_critical": 0.90,
            "low_warning": 0.94,
            "high_warning": 1.06,
            "high_critical": 1.10,
        }
        return {
            "device": place.device_id,
            "facility_id": None,
            "reporting_interval": round(place.interval.total_seconds()),
            "voltage_thresholds": {
                name: round(place.nominal_v * share, 2)
                for name, share in shares.items()
            },
            "server_time": int(now.timestamp()),
        }

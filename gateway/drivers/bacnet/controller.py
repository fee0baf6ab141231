"""One device on a BACnet network: its objects in, its readings out."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway.driver import AwaitedError, Poll, Shown
from gateway.drivers.bacnet.changes import Changes
from gateway.drivers.bacnet.content import (
    PRESENT_VALUE,
    RELIABILITY,
    STATUS_FLAGS,
    UNITS,
)
from gateway.drivers.bacnet.line import BacnetPlace
from gateway.drivers.bacnet.network import Network
from gateway.drivers.bacnet.reader import Reader
from gateway.drivers.bacnet.values import (
    ObjectId,
    Results,
    conversion,
    reports_fault,
    shown,
    value,
    whole,
)
from gateway.lines import DeviceError, DeviceSettings, NoAnswerError
from gateway.telegram import TelegramError

_BETWEEN_CALLS_S: Final = 1.0
"""Between two attempts to reach a device that keeps silent. [s]."""


class Controller:
    """A device whose objects are read.

    While it keeps silent it is called in the background, which takes nothing of the
    time of the others on the network: polls say at once that it is still silent.
    """

    def __init__(self, network: Network, settings: DeviceSettings) -> None:
        if not isinstance(settings.place, BacnetPlace):
            raise TypeError(f"{settings.path} has no place on a BACnet network")
        self.place = settings.place
        self._network = network
        self._entry = settings.entry
        simulated = settings.entry.simulated
        self._quality = Quality.SIMULATED if simulated else Quality.MEASURED
        self._reader = Reader()
        self._changes = Changes(self.place, settings.interval.total_seconds())
        self._where: str | None = None
        self._units: dict[ObjectId, int | None] = {}
        self._calling: asyncio.Task[None] | None = None
        self._silence = ""
        self._is_well = True

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Read every object, and hand on what changed since the last poll.

        Raises:
            AwaitedError: The device keeps silent.
            DeviceError: It refuses, or no value can be used.
        """
        if self._calling is not None and not self._calling.done():
            raise AwaitedError(self._silence)
        try:
            where = await self.reach()
            results = await self._read(where, PRESENT_VALUE, STATUS_FLAGS)
            at = now()
            await self._explain(where, results)
        except NoAnswerError as error:
            is_first, self._is_well = self._is_well, False
            self._lost(str(error))
            if is_first:
                raise AwaitedError(str(error)) from error
            raise  # it answers calls and no polls: its line's time has to be spared
        self._is_well = True
        with suppress(NoAnswerError):  # the next poll will tell
            await self._changes.renew(self._network, where)
        poll = self._judged(results, at)
        if not poll.readings:
            raise DeviceError(f"no value can be used: {'; '.join(poll.refused)}")
        return poll

    async def inspect(self, now: Callable[[], datetime]) -> list[Shown]:
        """Return each object with its raw value, units and status flags.

        Raises:
            DeviceError: The device did not answer.
        """
        where = await self.reach()
        asked = PRESENT_VALUE, STATUS_FLAGS, UNITS, RELIABILITY
        results = await self._read(where, *asked)
        at = now()
        return [
            shown(quantity, each, results, at)
            for quantity, each in self.place.objects.items()
        ]

    async def reach(self) -> str:
        """Return where the device is, having learnt its units.

        Raises:
            DeviceError: It cannot be reached.
        """
        if self._where is not None and not self._network.is_contested(self.place):
            return self._where
        where = await self._network.locate(self.place)
        named = [
            (each.identity, UNITS)
            for each in self.place.objects.values()
            if each.scale is None and each.has_units
        ]
        results = await self._reader.read(self._network.stack, where, named)
        self._units = {name: whole(each) for (name, _), each in results.items()}
        self._where = where
        return where

    async def values(
        self, where: str, quantities: Sequence[Quantity]
    ) -> dict[Quantity, float]:
        """Return what some of the objects show now, in their quantities' units.

        Raises:
            DeviceError: One could not be read, or is not to be believed.
            TelegramError: One is no number.
        """
        objects = {name: self.place.objects[name] for name in quantities}
        keys = [
            (each.identity, prop)
            for each in objects.values()
            for prop in (PRESENT_VALUE, STATUS_FLAGS)
        ]
        results = await self._reader.read(self._network.stack, where, keys)
        return {
            name: value(name, each, results, self._units)
            for name, each in objects.items()
        }

    def conversion(self, quantity: Quantity) -> tuple[float, float]:
        """Return factor and offset from an object's units, which `reach` learns.

        Raises:
            DeviceError: The units are not that quantity's.
        """
        each = self.place.objects[quantity]
        return conversion(quantity, each, self._units.get(each.identity))

    async def _read(self, where: str, *properties: int) -> Results:
        names = dict.fromkeys(each.identity for each in self.place.objects.values())
        keys = [(name, prop) for name in names for prop in properties]
        return await self._reader.read(self._network.stack, where, keys)

    async def _explain(self, where: str, results: Results) -> None:
        """Ask those that report a fault which one it is."""
        faulty = [
            (name, RELIABILITY)
            for (name, prop), each in results.items()
            if prop == STATUS_FLAGS and reports_fault(each)
        ]
        results |= await self._reader.read(self._network.stack, where, faulty)

    def _judged(self, results: Results, at: datetime) -> Poll:
        """Return what was told of changes, and after it what was read just now."""
        readings: dict[tuple[str, datetime], Reading] = {}
        refused: list[str] = []
        for instant, some in [*self._heard(), (at, results)]:
            for quantity, each in self.place.objects.items():
                if (each.identity, PRESENT_VALUE) not in some:
                    continue
                point = self._entry.point(quantity)
                try:
                    found = value(quantity, each, some, self._units)
                except (DeviceError, TelegramError) as error:
                    if some is results:
                        refused.append(f"{quantity}: {each}: {error}")
                    continue
                reading = Reading(point, instant, found, self._quality)
                readings[point, instant] = reading
        return Poll(list(readings.values()), refused)

    def _heard(self) -> Iterator[tuple[datetime, Results]]:
        for change in self._changes.taken():
            told: Results = {(change.name, PRESENT_VALUE): change.value}
            if change.flags:
                told[change.name, STATUS_FLAGS] = change.flags
            yield change.at, told

    def _lost(self, why: str) -> None:
        self._where, self._silence = None, why
        self._reader = Reader()
        self._changes.forget()
        self._calling = self._network.start(self._call())

    async def _call(self) -> None:
        while True:
            await asyncio.sleep(_BETWEEN_CALLS_S)
            try:
                await self._network.locate(self.place)
            except NoAnswerError as error:
                self._silence = str(error)
            except DeviceError:
                return
            else:
                return

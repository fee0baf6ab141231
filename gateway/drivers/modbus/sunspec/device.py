"""A SunSpec device behind a Modbus line: found at its first poll, then polled."""

from collections.abc import Callable, Sequence
from datetime import datetime
from math import isfinite

from pymodbus.pdu.register_message import ReadHoldingRegistersRequest

from contract.inventory import DeviceEntry
from contract.quantity import Quantity
from gateway.driver import Poll, Shown
from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.meter import Meter, Part
from gateway.drivers.modbus.sunspec.chain import (
    STARTS,
    Found,
    follow,
    instances,
    is_map,
)
from gateway.drivers.modbus.sunspec.layout import (
    MovedError,
    Places,
    chosen,
    plan,
    registers,
)
from gateway.lines import DeviceError, NoAnswerError
from gateway.meters import Discovery, Model, Register


class SunSpecDevice:
    """A device whose registers are looked for, again after each opening of the line.

    Args:
        instance: Which of several like things in the device is meant; the first is 1.
    """

    def __init__(
        self,
        bus: Bus,
        unit: int,
        model: Model,
        entry: DeviceEntry,
        instance: int = 1,
    ) -> None:
        self._bus = bus
        self._unit = unit
        self._model = model
        self._entry = entry
        self._instance = instance
        self._tries = 0
        self._opening = -1
        self._meter: Meter | None = None

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Read all that was found; look for it first if need be.

        Raises:
            DeviceError: It is no such device, a request failed, or no value is usable.
        """
        meter = await self._found()
        try:
            return await meter.poll(now)
        except MovedError:
            self._meter = None
            raise

    async def inspect(self, now: Callable[[], datetime]) -> list[Shown]:
        """Return every value with its registers, also absent and implausible ones.

        Raises:
            DeviceError: It is no such device, or a request failed.
        """
        meter = await self._found()
        return await meter.inspect(now)

    async def _found(self) -> Meter:
        if self._meter is None or self._opening != self._bus.openings:
            self._meter, self._opening = None, self._bus.openings
            parts = await self._parts()
            self._meter = Meter(
                self._bus, self._unit, self._model, self._entry, parts=parts
            )
        return self._meter

    async def _parts(self) -> list[Part]:
        discovery = self._model.discovery or Discovery((), ())
        chain = await follow(self._read, await self._start())
        things = instances(chain, discovery.finds)
        places = [each for each in map(self._places, things) if each]
        if len(places) < self._instance:
            raise DeviceError(_what_is_there(chain, discovery, len(places)))
        candidates = places[self._instance - 1]
        present: dict[Found, set[Quantity]] = {}
        if len(candidates) > 1:
            for found, kept in candidates.items():
                present[found] = await self._present(found, kept)
        return [
            part
            for found, kept in chosen(candidates, present).items()
            for part in plan(found, kept, self._model)
        ]

    async def _start(self) -> int:
        """Return where the map begins.

        A device may keep silent where it has no registers: the next poll goes on at the
        next place, so that no poll waits more than once in vain.
        """
        for _ in STARTS:
            start = STARTS[self._tries % len(STARTS)]
            try:
                if await is_map(self._read, start):
                    return start
            except NoAnswerError:
                self._tries += 1
                raise
            self._tries += 1
        places = ", ".join(map(str, STARTS))
        raise DeviceError(f"it has no SunSpec map at any of {places}")

    def _places(self, thing: tuple[Found, ...]) -> Places:
        found = {each: registers(each, self._model) for each in thing}
        return {each: places for each, places in found.items() if places}

    async def _present(self, found: Found, places: Sequence[Register]) -> set[Quantity]:
        present: set[Quantity] = set()
        for block, decode in plan(found, places, self._model):
            values = decode(await self._read(block.address, block.count))
            present |= {
                quantity
                for quantity, value in values
                if value is not None and isfinite(value)
            }
        return present

    async def _read(self, address: int, count: int) -> bytes:
        pdu = ReadHoldingRegistersRequest(
            address=address, count=count, dev_id=self._unit
        )
        return await self._bus.exchange(pdu, 2 * count, self._model.frame_gap_s)


def _what_is_there(chain: Sequence[Found], discovery: Discovery, like: int) -> str:
    there = ", ".join(str(found.model) for found in chain) or "none"
    if like:
        return f"it has {like} like this, no further one; its SunSpec models: {there}"
    wanted = ", ".join(map(str, discovery.finds))
    return f"none of SunSpec models {wanted} is in it; it has {there}"

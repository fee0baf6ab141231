"""Our place on a BACnet/IP network: who is where on it, and who listens to what."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from gateway.driver import Surroundings
from gateway.drivers.bacnet.content import DEVICE, OBJECT_IDENTIFIER, Content
from gateway.drivers.bacnet.line import BacnetLine, BacnetPlace
from gateway.drivers.bacnet.refusal import RefusedError
from gateway.drivers.bacnet.stack import ANY_DEVICE, Stack, canonical
from gateway.drivers.bacnet.values import ObjectId
from gateway.lines import (
    DeviceError,
    LineDownError,
    NoAnswerError,
)

_TWIN_S: Final = 0.3
"""How long a second device with the same number may take to introduce itself. [s]."""

_UNKNOWN_OBJECT: Final = 31
_MOST_TWINS: Final = 8

Take = Callable[[Mapping[int, Content]], None]


@dataclass(frozen=True, slots=True)
class _Ear:
    where: str
    name: ObjectId
    take: Take


class Network:
    """Our place on the network, and who listens to what.

    Attributes:
        opened: How often it was opened: subscriptions do not outlive a closing.
    """

    def __init__(self, line: BacnetLine, surroundings: Surroundings) -> None:
        self.line = line
        self.now = surroundings.now
        self.opened = 0
        self._stack: Stack | None = None
        self._sought: dict[int, set[str]] = {}
        self._came = asyncio.Event()
        self._ears: dict[int, _Ear] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_connected(self) -> bool:
        """Whether something can be sent."""
        return self._stack is not None and self._stack.is_open

    @property
    def stack(self) -> Stack:
        """The open stack.

        Raises:
            LineDownError: It is closed.
        """
        if self._stack is None or not self._stack.is_open:
            raise LineDownError(f"{self.line} is closed")
        return self._stack

    async def connect(self) -> None:
        """Take our place on the network, unless we have it.

        Raises:
            LineDownError: It cannot be taken; the message says why.
        """
        if self.is_connected:
            return
        self.close()
        stack = Stack(self.line, self._met, self._changed)
        await stack.open()
        self._stack = stack
        self.opened += 1

    def close(self) -> None:
        """Leave the network."""
        for task in self._tasks:
            task.cancel()
        if self._stack is not None:
            self._stack.close()
            self._stack = None

    async def locate(self, place: BacnetPlace) -> str:
        """Return where a device is, once it has answered from there.

        Raises:
            NoAnswerError: Nothing answers there, or by that number.
            DeviceError: Another device does, or more than one.
        """
        if place.host is None:
            where = await self._found(place.instance or 0)
        else:
            where = canonical(await _resolved(place.host), place.port)
        asked = ANY_DEVICE if place.instance is None else (DEVICE, place.instance)
        try:
            await self.stack.read(where, asked, OBJECT_IDENTIFIER)
        except RefusedError as error:
            if place.instance is not None and error.code == _UNKNOWN_OBJECT:
                raise DeviceError(
                    f"the device at {where} is not number {place.instance}"
                ) from error
        return where

    def is_contested(self, place: BacnetPlace) -> bool:
        """Return whether another device claimed its number since it was found."""
        if place.host is not None or place.instance is None:
            return False
        return len(self._sought.get(place.instance, ())) > 1

    def listen(
        self, process: int | None, where: str, name: ObjectId, take: Take
    ) -> int:
        """Let `take` have the changes of an object; return the number to ask by."""
        if process is None:
            process = max(self._ears, default=0) + 1
        self._ears[process] = _Ear(where, name, take)
        return process

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Begin something that ends with the connection at the latest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _found(self, instance: int) -> str:
        stack, found = self.stack, self._sought.setdefault(instance, set())
        found.clear()
        self._came.clear()
        stack.who_is(instance)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.line.timeout_s):
                while not found:
                    await self._came.wait()
                    self._came.clear()
        if not found:
            raise NoAnswerError(f"no device says that its number is {instance}")
        await asyncio.sleep(_TWIN_S)
        if len(found) > 1:
            raise DeviceError(
                f"{len(found)} devices say that their number is {instance}: "
                f"{' and '.join(sorted(found))}; give one another, or set its address"
            )
        return next(iter(found))

    def _met(self, instance: int, where: str) -> None:
        found = self._sought.get(instance)
        if found is not None and len(found) < _MOST_TWINS:
            found.add(where)
            self._came.set()

    def _changed(
        self, where: str, process: int, name: ObjectId, values: Mapping[int, Content]
    ) -> bool:
        ear = self._ears.get(process)
        if ear is None or (ear.where, ear.name) != (where, name):
            return False
        ear.take(values)
        return True


async def _resolved(host: str) -> str:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(
            host, None, family=socket.AF_INET, type=socket.SOCK_DGRAM
        )
    except OSError as error:
        raise NoAnswerError(f"{host} cannot be found: {error}") from error
    return str(found[0][4][0])

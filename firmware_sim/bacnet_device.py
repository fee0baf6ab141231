"""A simulated BACnet/IP device on a UDP port, and the faults it can be told to have."""

import asyncio
import random
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Final

from firmware_sim.bacnet import frame, tags
from firmware_sim.bacnet.database import Database, OutOfRangeError
from firmware_sim.bacnet.frame import Kind, Received, Service, Told
from firmware_sim.bacnet.points import Code, Point, RefusalError, Type
from firmware_sim.bacnet.subscriptions import Address, Subscription, Subscriptions
from firmware_sim.bacnet.tags import Fields, TagError

Values = Callable[[int], Mapping[str, float]]
"""What the device shows at an instant [ms]: quantity and value."""

_MOST_BYTES: Final = 1476
_TICK_S: Final = 0.05
_UNKNOWN_SERVICE: Final = 9
_MALFORMED: Final = 4
_OUT_OF_RANGE: Final = 6
_NO_SEGMENTS: Final = 4
_OUT_OF_RESOURCES: Final = 9


class Fault(StrEnum):
    """What goes wrong."""

    DROPOUT = "dropout"
    """No answer, nothing told."""
    GARBAGE = "garbage"
    """Random bytes instead of an answer."""
    HALF_FRAME = "half_frame"
    """The answer stops half-way."""
    STUCK = "stuck"
    """Every value stays as it is."""
    WRONG_OBJECT = "wrong_object"
    """Answers are about the next object."""
    NO_SENSOR = "no_sensor"
    """Every object reports that its sensor is missing."""
    OUT_OF_SERVICE = "out_of_service"
    """Every object is out of service."""
    HELD = "held"
    """A higher priority holds every output where it is."""
    READ_ONLY = "read_only"
    """No write is allowed."""
    BUSY = "busy"
    """Every request is aborted for want of resources."""


class BacnetDevice(asyncio.DatagramProtocol):
    """One controller.

    Attributes:
        reads_many: Whether it knows ReadPropertyMultiple.
        tells_changes: Whether it knows SubscribeCOV.
        asked: How often each confirmed service was asked for.
    """

    def __init__(
        self,
        instance: int,
        name: str,
        points: Sequence[Point],
        values: Values,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.database = Database(instance, name, points)
        self.faults: frozenset[Fault] = frozenset()
        self.reads_many = True
        self.tells_changes = True
        self.most_bytes = _MOST_BYTES
        self.asked: dict[int, int] = {}
        self.address: Address = ("", 0)
        self._points = tuple(points)
        self._values = values
        self._clock = clock
        self._subscriptions = Subscriptions()
        self._dice = random.Random(instance)
        self._invoke = 0
        self._transports: list[asyncio.DatagramTransport] = []
        self._ticking: asyncio.Task[None] | None = None
        self.refresh()

    @property
    def instance(self) -> int:
        """Its number, unique on a network if all is well."""
        return self.database.instance

    @property
    def subscribers(self) -> int:
        """How many subscriptions there are now."""
        return len(self._subscriptions.all)

    @property
    def truth(self) -> dict[str, float]:
        """What it shows now, as quantity and value."""
        self.refresh()
        return {point.quantity: point.shown for point in self._points}

    def set_faults(self, faults: Iterable[Fault]) -> None:
        """Have exactly `faults` from now on."""
        self.refresh()
        self.faults = frozenset(faults)
        self.database.shift = int(Fault.WRONG_OBJECT in self.faults)
        for point in self._points:
            point.reliability = int(Fault.NO_SENSOR in self.faults)
            point.out_of_service = Fault.OUT_OF_SERVICE in self.faults
            if point.is_commandable:
                point.slots[0] = point.own if Fault.HELD in self.faults else None

    def refresh(self) -> None:
        """Show what there is to show at this instant."""
        if Fault.STUCK in self.faults:
            return
        values = self._values(self._clock())
        for point in self._points:
            point.own = values[point.quantity] * point.factor

    async def start(
        self, host: str = "127.0.0.1", port: int = 0, broadcast: str = ""
    ) -> None:
        """Listen, also to what is sent to `broadcast` if that is an address."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: self, (host, port), allow_broadcast=True
        )
        self.address = transport.get_extra_info("sockname")
        self._transports = [transport]
        if broadcast:
            shared = _shared_socket(broadcast, self.address[1])
            everybody, _ = await loop.create_datagram_endpoint(
                lambda: self, sock=shared
            )
            self._transports.append(everybody)
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Take the port away."""
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
        for transport in self._transports:
            transport.close()
        self._transports = []
        self._subscriptions = Subscriptions()
        await asyncio.sleep(0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Nothing is said before anybody asks."""

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Answer, as the faults leave it."""
        answer = self.answer(data, addr)
        if answer is not None:
            self._send(answer, addr)

    def answer(self, data: bytes, sender: Address) -> bytes | None:
        """Return what a sound device would answer; None is silence."""
        if frame.is_registration(data):
            return frame.REGISTERED
        try:
            request = frame.received(data)
        except frame.FrameError:
            return None
        if request.kind is Kind.UNCONFIRMED:
            return self._introduction(request)
        if request.kind is not Kind.CONFIRMED:
            return None
        self.asked[request.service] = self.asked.get(request.service, 0) + 1
        apdu = self._apdu(request, sender)
        if len(apdu) > min(request.most_bytes, self.most_bytes):
            apdu = frame.aborted(request.invoke, _NO_SEGMENTS)
        return frame.sent(apdu, request.route)

    def _introduction(self, request: Received) -> bytes | None:
        if request.service != Told.WHO_IS:
            return None
        try:
            fields = Fields(request.body)
            low, high = fields.take(0), fields.take(1)
            first = 0 if low is None else tags.number_in(low)
            last = tags.INSTANCES if high is None else tags.number_in(high)
        except TagError:
            return None
        if not first <= self.instance <= last:
            return None
        i_am = (
            tags.named_object(Type.DEVICE, self.instance)
            + tags.unsigned(self.most_bytes)
            + tags.enumerated(3)
            + tags.unsigned(0)
        )
        return frame.sent(frame.told(Told.I_AM, i_am), request.route)

    def _apdu(self, request: Received, sender: Address) -> bytes:
        invoke, service = request.invoke, request.service
        if Fault.BUSY in self.faults:
            return frame.aborted(invoke, _OUT_OF_RESOURCES)
        self.refresh()
        try:
            return self._served(request, sender)
        except TagError:
            return frame.rejected(invoke, _MALFORMED)
        except OutOfRangeError:
            return frame.rejected(invoke, _OUT_OF_RANGE)
        except RefusalError as refusal:
            return frame.failed(invoke, service, refusal.encoded())

    def _served(self, request: Received, sender: Address) -> bytes:
        invoke, service, body = request.invoke, request.service, request.body
        match service:
            case Service.READ:
                return frame.answered(invoke, service, self.database.read(body))
            case Service.READ_MULTIPLE if self.reads_many:
                results = self.database.read_multiple(body)
                return frame.answered(invoke, service, results)
            case Service.WRITE:
                if Fault.READ_ONLY in self.faults:
                    raise RefusalError(Code.NO_WRITING)
                self.database.write(body)
                return frame.done(invoke, service)
            case Service.SUBSCRIBE_COV if self.tells_changes:
                now_s = time.monotonic()
                self._subscriptions.subscribe(
                    (sender, request.route), body, self.database.points, now_s
                )
                return frame.done(invoke, service)
        return frame.rejected(invoke, _UNKNOWN_SERVICE)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self.refresh()
            now_s = time.monotonic()
            for each in self._subscriptions.due(now_s):
                self._notify(each, now_s)

    def _notify(self, each: Subscription, now_s: float) -> None:
        body = each.notification(self.instance, now_s)
        if each.is_confirmed:
            self._invoke = (self._invoke + 1) % 256
            apdu = frame.asked(Service.CONFIRMED_COV, self._invoke, body)
        else:
            apdu = frame.told(Told.COV, body)
        self._send(frame.sent(apdu, each.route), each.address)

    def _send(self, data: bytes, address: Address) -> None:
        if Fault.DROPOUT in self.faults or not self._transports:
            return
        if Fault.GARBAGE in self.faults:
            data = self._dice.randbytes(self._dice.randrange(1, 200))
        elif Fault.HALF_FRAME in self.faults:
            data = data[: len(data) // 2]
        self._transports[0].sendto(data, address)


def _shared_socket(host: str, port: int) -> socket.socket:
    """Return a socket that several devices on this machine may have at once."""
    shared = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT, socket.SO_BROADCAST):
        shared.setsockopt(socket.SOL_SOCKET, option, 1)
    shared.setblocking(False)
    shared.bind((host, port))
    return shared

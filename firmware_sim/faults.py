"""Faults that a simulated device can be told to have, the same on every run."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol

from firmware_sim.draws import Stream, uniform
from firmware_sim.pdu import READ_HOLDING, READ_INPUT, Bank, Code, answer
from firmware_sim.registers import Field


class Kind(StrEnum):
    """What goes wrong; `size` of the fault means what stands with each."""

    NOISE = "noise"
    """Gauges are off by up to `size` of their value (default 0.02)."""
    STUCK = "stuck"
    """Every value stays as it was first read under the fault."""
    COUNTER_RESET = "counter_reset"
    """Counters begin again at zero."""
    CLOCK_DRIFT = "clock_drift"
    """The meter's clock is off: counters run fast by `size` (default 0.01)."""
    DROPOUT = "dropout"
    """No answer."""
    SLOW = "slow"
    """The answer comes `size` seconds late (default 0.5)."""
    WRONG_CRC = "wrong_crc"
    """A broken CRC; over TCP, another transaction's number."""
    HALF_FRAME = "half_frame"
    """The answer stops half-way."""
    GARBAGE = "garbage"
    """Random bytes instead of an answer."""
    WRONG_UNIT = "wrong_unit"
    """The next unit's address in the answer."""
    TOO_FEW = "too_few"
    """A sound frame with fewer registers than were asked for."""
    COLLISION = "collision"
    """Another device with the same address answers at the same time."""
    EXCEPTION = "exception"
    """The exception code `size` (default 4)."""


_SIZE: Final[Mapping[str, float]] = {
    Kind.NOISE: 0.02,
    Kind.CLOCK_DRIFT: 0.01,
    Kind.SLOW: 0.5,
    Kind.EXCEPTION: float(Code.DEVICE_FAILURE),
}
_GARBAGE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and how often it strikes.

    Attributes:
        kind: A `Kind`, or what the simulator of another protocol calls it.
    """

    kind: str
    probability: float = 1.0
    size: float | None = None

    @property
    def amount(self) -> float:
        """The size, or the kind's default."""
        return _SIZE.get(self.kind, 0.0) if self.size is None else self.size


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault strikes; `*` stands for any.

    Attributes:
        device: Its unit, or its path in a scenario.
    """

    gateway: str
    line: str
    device: str

    def __str__(self) -> str:
        return f"{self.gateway}/{self.line}/{self.device}"

    def holds(self, gateway: str, line: str) -> bool:
        """Return whether a line is meant."""
        return self.gateway in ("*", gateway) and self.line in ("*", line)

    def holds_device(self, device: str) -> bool:
        """Return whether a device of such a line is meant."""
        return self.device in ("*", device)


def placed_fault(text: str) -> tuple[Place, Fault]:
    """Return what `GATEWAY/LINE/DEVICE:KIND[:PROBABILITY[:SIZE]]` says.

    Raises:
        ValueError: It is written otherwise.
    """
    where, _, what = text.partition(":")
    match where.split("/", 2):
        case [gateway, line, device] if what:
            return Place(gateway, line, device), written_fault(what)
    raise ValueError(f"{text!r} is not GATEWAY/LINE/DEVICE:KIND[:PROBABILITY[:SIZE]]")


def written_fault(text: str) -> Fault:
    """Return what `KIND[:PROBABILITY[:SIZE]]` says.

    Raises:
        ValueError: It is written otherwise.
    """
    match text.split(":"):
        case [kind]:
            return Fault(kind)
        case [kind, probability]:
            return Fault(kind, float(probability))
        case [kind, probability, size]:
            return Fault(kind, float(probability), float(size))
    raise ValueError(f"{text!r} is not KIND[:PROBABILITY[:SIZE]]")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way out.

    Attributes:
        share: Part of the frame that is sent, 0 to 1.
        raw: Sent instead of any frame.
    """

    pdu: bytes
    delay_s: float = 0.0
    unit_shift: int = 0
    broken_check: bool = False
    share: float = 1.0
    raw: bytes | None = None

    def cut(self, frame: bytes) -> bytes:
        """Return what of `frame` reaches the wire."""
        if self.raw is not None:
            return self.raw
        return frame if self.share >= 1 else frame[: int(len(frame) * self.share)]


class Measuring(Bank, Protocol):
    """A bank that says where its measurements lie."""

    fields: tuple[Field, ...]
    first: int


@dataclass(slots=True)
class Unit:
    """One device on a line, with the faults it has just now.

    Attributes:
        key: Number its faults' draws are keyed by.
        faults: Replaced as a whole by `set_faults`; empty when all is well.
    """

    bank: Measuring
    key: int = 0
    faults: tuple[Fault, ...] = ()
    _requests: int = 0
    _held: dict[tuple[str, str], float] = field(default_factory=dict)
    _stuck: dict[bytes, bytes] = field(default_factory=dict)

    def set_faults(self, faults: Iterable[Fault]) -> None:
        """Have exactly `faults` from now on.

        Raises:
            ValueError: No device on a bus has such a fault.
        """
        self.faults = tuple(replace(each, kind=Kind(each.kind)) for each in faults)
        self._held.clear()
        self._stuck.clear()

    def reply(self, request: bytes) -> Reply:
        """Return the answer to a request PDU as the faults leave it."""
        reply = Reply(answer(self.bank, request))
        if not self.faults:
            return reply
        self._requests += 1
        for place, fault in enumerate(self.faults):
            if self._draw(place) < fault.probability:
                reply = self._struck(fault, request, reply)
        return reply

    def _draw(self, place: int) -> float:
        moment = self._requests * 1000 + place
        return float(uniform(self.key, Stream.FAULT, 0, moment))

    def _struck(self, fault: Fault, request: bytes, reply: Reply) -> Reply:
        if change := _ON_THE_WIRE.get(fault.kind):
            return change(fault, reply)
        if fault.kind == Kind.GARBAGE:
            return replace(reply, raw=self._garbage())
        if fault.kind == Kind.EXCEPTION:
            return replace(reply, pdu=_exception(request, int(fault.amount)))
        if reply.pdu[0] not in (READ_HOLDING, READ_INPUT):
            return reply
        if fault.kind == Kind.TOO_FEW:
            return replace(reply, pdu=_too_few(reply.pdu))
        return replace(reply, pdu=self._misread(fault, request, reply.pdu))

    def _garbage(self) -> bytes:
        moments = [self._requests * 1000 + 100 + n for n in range(_GARBAGE_BYTES)]
        return bytes((uniform(self.key, Stream.FAULT, 1, moments) * 256).astype("u1"))

    def _misread(self, fault: Fault, request: bytes, pdu: bytes) -> bytes:
        if fault.kind == Kind.STUCK:
            return self._stuck.setdefault(request, pdu)
        address = int.from_bytes(request[1:3]) - self.bank.first
        count = pdu[1] // 2
        memory = bytearray(2 * address) + pdu[2:]
        for spot in self.bank.fields:
            if address <= spot.address and spot.address + spot.words <= address + count:
                value = self._wrong_value(fault, spot, spot.get(memory))
                spot.put(memory, value)
        return pdu[:2] + bytes(memory[2 * address :])

    def _wrong_value(self, fault: Fault, spot: Field, value: float) -> float:
        if fault.kind == Kind.NOISE and not spot.counter:
            moment = self._requests * 1000 + 500 + spot.address % 400
            draw = float(uniform(self.key, Stream.FAULT, 2, moment))
            return value * (1 + fault.amount * (2 * draw - 1))
        if fault.kind == Kind.COUNTER_RESET and spot.counter:
            return value - self._held.setdefault((fault.kind, spot.name), value)
        if fault.kind == Kind.CLOCK_DRIFT and spot.counter:
            start = self._held.setdefault((fault.kind, spot.name), value)
            return start + (value - start) * (1 + fault.amount)
        return value


def _exception(request: bytes, code: int) -> bytes:
    return bytes((request[0] | 0x80, code))


def _too_few(pdu: bytes) -> bytes:
    size = max(0, pdu[1] - 2)
    return bytes((pdu[0], size)) + pdu[2 : 2 + size]


def _collided(reply: Reply) -> Reply:
    mixed = bytes(byte & 0x5A for byte in reply.pdu[2:])
    return replace(reply, pdu=reply.pdu[:2] + mixed, broken_check=True)


_ON_THE_WIRE: Final[Mapping[str, Callable[[Fault, Reply], Reply]]] = {
    Kind.DROPOUT: lambda _, reply: replace(reply, raw=b""),
    Kind.SLOW: lambda fault, reply: replace(
        reply, delay_s=reply.delay_s + fault.amount
    ),
    Kind.WRONG_CRC: lambda _, reply: replace(reply, broken_check=True),
    Kind.HALF_FRAME: lambda _, reply: replace(reply, share=0.5),
    Kind.WRONG_UNIT: lambda _, reply: replace(reply, unit_shift=1),
    Kind.COLLISION: lambda _, reply: _collided(reply),
}

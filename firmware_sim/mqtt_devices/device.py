"""One simulated device: it publishes what it shows, as its troubles let it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Final

from firmware_sim.faults import Fault
from firmware_sim.mqtt_devices.client import Message, Outside, Publisher
from firmware_sim.mqtt_devices.kinds import Kind
from firmware_sim.mqtt_devices.spots import shown

_HUGE_BYTES: Final = 200_000
_HOUR_MS: Final = 3_600_000


class Trouble(StrEnum):
    """What goes wrong; those that every device of ours knows have the same name."""

    DROPOUT = "dropout"
    """The power is cut: its last will, then silence."""
    GARBAGE = "garbage"
    """Bytes that are no text, in place of each payload."""
    HALF_FRAME = "half_frame"
    """Payloads cut in the middle."""
    STUCK = "stuck"
    """Every value stays as it was when the trouble began."""
    CLOCK_DRIFT = "clock_drift"
    """Its clock runs backwards."""
    HUGE = "huge"
    """Payloads of 200 kB."""
    NOT_JSON = "not_json"
    """Words instead of values."""
    NAN = "nan"
    """NaN instead of each number."""


class SimulatedDevice:
    """A device with a clock, a connection and troubles.

    Attributes:
        truth: What it shows, by quantity.
    """

    def __init__(self, kind: Kind, values: Callable[[int], dict[str, float]]) -> None:
        self.kind = kind
        self.truth: dict[str, float] = {}
        self.troubles: frozenset[Trouble] = frozenset()
        self._values = values
        self._held: dict[str, float] | None = None
        self._backwards_ms = 0
        self._publisher: Publisher | None = None

    def set_faults(self, faults: Iterable[Fault | Trouble]) -> None:
        """Have exactly `faults` from now on.

        Raises:
            ValueError: It knows no such fault.
        """
        self.troubles = frozenset(
            Trouble(fault.kind if isinstance(fault, Fault) else fault)
            for fault in faults
        )
        self._held, self._backwards_ms = None, 0

    def advance(self, at_ms: int) -> None:
        """Measure."""
        values = self._values(at_ms)
        if Trouble.STUCK in self.troubles:
            self._held = values = self._held or dict(values)
        self.truth = shown(self.kind.spots, values)

    async def publish(self, broker: Outside, name: str, at_ms: int) -> None:
        """Publish all it shows, after connecting if it has to.

        Raises:
            OSError: The broker is away.
        """
        if Trouble.DROPOUT in self.troubles:
            self.drop()
            return
        if self._publisher is None or not self._publisher.is_open:
            publisher = Publisher(broker, name, self.kind.will())
            await publisher.open()
            self._publisher = publisher
            for message in self.kind.birth():
                await publisher.publish(message)
        if Trouble.CLOCK_DRIFT in self.troubles:
            self._backwards_ms += _HOUR_MS
        for message in self._messages(at_ms - self._backwards_ms):
            await self._publisher.publish(message)

    def drop(self) -> None:
        """Vanish without a word."""
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.drop()

    def _messages(self, at_ms: int) -> Iterator[Message]:
        for message in self.kind.messages(self.truth, at_ms):
            yield replace(message, payload=self._troubled(message.payload))

    def _troubled(self, payload: bytes) -> bytes:
        if Trouble.GARBAGE in self.troubles:
            return bytes(byte ^ 0xA5 for byte in payload)
        if Trouble.HALF_FRAME in self.troubles:
            return payload[: len(payload) // 2]
        if Trouble.HUGE in self.troubles:
            return b'"' + b"x" * _HUGE_BYTES + b'"'
        if Trouble.NOT_JSON in self.troubles:
            return b"sensor fault, please restart"
        if Trouble.NAN in self.troubles:
            return b"NaN" if payload[:1] != b"{" else b'{"ENERGY": {"Power": NaN}}'
        return payload

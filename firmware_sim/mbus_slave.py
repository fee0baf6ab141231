"""M-Bus meters on one bus, behind a level converter on a pty or a TCP port.

Source: "The M-Bus: A Documentation", revision 4.8 (1997), 5.4 to 5.5 and 7.1.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from firmware_sim.answering_port import AnsweringPort
from firmware_sim.line import Ports
from firmware_sim.mbus_records import ENTRIES, MEDIA, Kind, header, long_frame
from firmware_sim.mbus_records import telegrams as shared_out
from firmware_sim.talker import Clock, Talker, Values, wall_clock

_YES: Final = b"\xe5"
_SELECTED: Final = 0xFD
_EVERYBODY: Final = (0xFE, 0xFF)
_INITIALISE, _SEND, _ASK = 0x40, 0x53, 0x5B
_COUNT_BIT: Final = 0x20
_ANY_DIGIT: Final = "F"


class MbusMeter(Talker):
    """One meter.

    Attributes:
        unit: Its primary address.
        number: The eight digits on its plate, its secondary address.
    """

    def __init__(
        self,
        kind: str,
        values: Values,
        *,
        unit: int = 0,
        number: str = "12345678",
        telegrams: int = 1,
        clock: Clock = wall_clock,
    ) -> None:
        super().__init__(values, key=int(number), clock=clock)
        self.kind = Kind(kind)
        self.unit = unit
        self.number = number
        self._count = telegrams
        self._is_selected = False
        self._count_bit: int | None = None
        self._place = 0
        self._access = 0

    @property
    def truth(self) -> dict[str, float]:
        """What it shows now, as exactly as it sends that."""
        shown = self.shown()
        return {
            name: round(each.number(shown[name]) * each.step, 6)
            for name, each in ENTRIES[self.kind].items()
        }

    def answer(self, control: int, address: int, rest: bytes) -> bytes:
        """Return what it sends on a frame; nothing if that is for another."""
        if control & ~_COUNT_BIT == _SEND and address == _SELECTED and rest:
            self._is_selected = rest[0] == 0x52 and self._is_called(rest[1:5])
            self._count_bit, self._place = None, 0
            return self.spoiled(_YES) if self._is_selected else b""
        is_mine = address == self.unit or address in _EVERYBODY
        if not is_mine and not (address == _SELECTED and self._is_selected):
            return b""
        if control == _INITIALISE:
            self._count_bit, self._place = None, 0
            return self.spoiled(_YES)
        if control & ~_COUNT_BIT == _ASK:
            return self.spoiled(self._data(control & _COUNT_BIT))
        return b""

    def _data(self, count_bit: int) -> bytes:
        """Return the next telegram, or the last again if it was not received."""
        if self._count_bit is not None and count_bit != self._count_bit:
            self._place = (self._place + 1) % self._count
        self._count_bit = count_bit
        self._access += 1
        records = shared_out(self.kind, self.shown(), self._count)[self._place]
        head = header(self.number, "VLT", MEDIA[self.kind], self._access)
        return long_frame(0x08, self.unit, b"\x72" + head + records)

    def _is_called(self, sent: bytes) -> bool:
        digits = sent[::-1].hex().upper()
        return all(
            a in (_ANY_DIGIT, b) for a, b in zip(digits, self.number, strict=True)
        )


class MbusBus:
    """A bus; what several meters send at one time is mixed up."""

    def __init__(self, meters: Sequence[MbusMeter], *, tcp: bool = False) -> None:
        self.meters = tuple(meters)
        self._pending = b""
        self._port = AnsweringPort(self._answer, tcp=tcp)

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, where it was before."""
        self._pending = b""
        await self._port.start(ports)

    async def stop(self) -> None:
        """Take the bus away."""
        await self._port.stop()

    def address(self) -> Mapping[str, object]:
        """Return where the line is, in the words of a gateway's configuration."""
        return {"type": "mbus", **self._port.address()}

    def _answer(self, data: bytes) -> bytes:
        self._pending += data
        said = b""
        while (size := _size(self._pending)) and len(self._pending) >= size:
            frame, self._pending = self._pending[:size], self._pending[size:]
            covered = frame[4:-2] if size > 5 else frame[1:3]
            if size < 5 or sum(covered) % 256 != frame[-2]:
                continue
            control, address, *rest = covered
            answers = [
                each.answer(control, address, bytes(rest)) for each in self.meters
            ]
            said += _mixed([each for each in answers if each])
        return said


def _mixed(answers: Sequence[bytes]) -> bytes:
    """Return what the wire carries while several send: a 0 of one hides a 1."""
    longest = max(map(len, answers), default=0)
    mixed = bytearray(b"\xff" * longest)
    for answer in answers:
        for place, byte in enumerate(answer):
            mixed[place] &= byte
    return bytes(mixed)


def _size(pending: bytes) -> int:
    """Return how long the frame that begins `pending` is; 0 while unknown."""
    if not pending:
        return 0
    if pending[0] == 0x10:
        return 5
    if pending[0] == 0x68:
        return pending[1] + 6 if len(pending) > 1 else 0
    return 1

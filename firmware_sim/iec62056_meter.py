"""IEC 62056-21 meters in mode C behind an infrared head, on a pty or a TCP port.

Source: IEC 62056-21:2002, 6.3 to 6.5. A pty carries eight bits, so that the parity bit
of each character is written out here, as a UART without parity would show it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import xor
from typing import Final

from firmware_sim.answering_port import AnsweringPort
from firmware_sim.line import Ports
from firmware_sim.talker import Clock, Talker, Values, wall_clock

# Code, digits before and after the point, unit.
_CODES: Final[Mapping[str, tuple[str, int, int, str]]] = {
    "energy_import_kwh": ("1.8.0", 7, 3, "kWh"),
    "energy_export_kwh": ("2.8.0", 7, 3, "kWh"),
    "active_power_kw": ("16.7.0", 4, 3, "kW"),
    "voltage_l1_v": ("32.7.0", 3, 1, "V"),
    "voltage_l2_v": ("52.7.0", 3, 1, "V"),
    "voltage_l3_v": ("72.7.0", 3, 1, "V"),
    "current_l1_a": ("31.7.0", 3, 2, "A"),
    "current_l2_a": ("51.7.0", 3, 2, "A"),
    "current_l3_a": ("71.7.0", 3, 2, "A"),
    "frequency_hz": ("14.7.0", 2, 2, "Hz"),
}
QUANTITIES: Final = tuple(_CODES)
"""What such a meter can show."""

_CALL: Final = re.compile(rb"/\?([^!\r\n]{0,32})!\r\n")
_GO_ON: Final = re.compile(rb"\x060([0-9])0\r\n")
_REPEAT: Final = b"\x15"
_MOST_PENDING: Final = 256


class IecMeter(Talker):
    """One meter.

    Attributes:
        number: Its device address, which is also the number it shows.
        proposed: The speed it proposes: 5 is 9600, A to F do not wait for an answer.
        told: Which speeds it was told to go on with, newest last.
    """

    def __init__(
        self,
        values: Values,
        *,
        number: str = "12345678",
        proposed: str = "5",
        clock: Clock = wall_clock,
    ) -> None:
        super().__init__(values, key=int(number), clock=clock)
        self.number = number
        self.proposed = proposed
        self.told: list[str] = []
        self._is_called = False

    @property
    def truth(self) -> dict[str, float]:
        """What it shows now, as exactly as it sends that."""
        shown = self.shown()
        return {
            name: round(shown[name], digits)
            for name, (_, _, digits, _) in _CODES.items()
            if name in shown
        }

    def heard(self, pending: bytes) -> bytes | None:
        """Return what it sends on what it heard; None as long as that is no message."""
        if found := _CALL.search(pending):
            self._is_called = found[1].lstrip(b"0") in (
                b"",
                self.number.lstrip("0").encode(),
            )
            if not self._is_called:
                return b""
            answer = f"/VLT{self.proposed}\\2METER\r\n".encode()
            if not self.proposed.isdigit():
                answer += self._block()
            return self._out(answer)
        if found := _GO_ON.search(pending):
            if self._is_called:
                self.told.append(found[1].decode())
            return self._out(self._block()) if self._is_called else b""
        if _REPEAT in pending:
            return self._out(self._block()) if self._is_called else b""
        return None

    def _out(self, message: bytes) -> bytes:
        return self.spoiled(bytes(_even(byte) for byte in message))

    def _block(self) -> bytes:
        shown = self.truth
        lines = ["F.F(00000000)", f"0.0.0({self.number})"]
        for name, (code, before, digits, unit) in _CODES.items():
            if name in shown:
                sign = "-" if shown[name] < 0 else ""
                figure = f"{abs(shown[name]):0{before + 1 + digits}.{digits}f}"
                lines.append(f"{code}({sign}{figure}*{unit})")
        lines += ["1.8.0*01(0000001.000*kWh)", "1.6.0(12.3*kW)(2401311015)", "!", ""]
        covered = "\r\n".join(lines).encode() + b"\x03"
        return b"\x02" + covered + bytes([reduce(xor, covered)])


class IecHead:
    """A head or current loop with one meter or several.

    Attributes:
        echoes: Whether it hears itself, as cheap heads do.
    """

    def __init__(
        self, meters: Sequence[IecMeter], *, tcp: bool = False, echoes: bool = False
    ) -> None:
        self.meters = tuple(meters)
        self.echoes = echoes
        self._is_tcp = tcp
        self._pending = b""
        self._port = AnsweringPort(self._answer, tcp=tcp)

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, where it was before."""
        self._pending = b""
        await self._port.start(ports)

    async def stop(self) -> None:
        """Take the head away."""
        await self._port.stop()

    def address(self) -> Mapping[str, object]:
        """Return where the line is, in the words of a gateway's configuration."""
        where = {"type": "iec62056", **self._port.address()}
        return where | {"parity": "software"} if self._is_tcp else where

    def _answer(self, data: bytes) -> bytes:
        echo = data if self.echoes else b""
        if any(byte.bit_count() % 2 for byte in data):  # no meter takes odd parity
            return echo
        self._pending += bytes(byte & 0x7F for byte in data)
        answers = [meter.heard(self._pending) for meter in self.meters]
        if all(answer is None for answer in answers):
            self._pending = self._pending[-_MOST_PENDING:]
            return echo
        self._pending = b""
        return echo + b"".join(answer or b"" for answer in answers)


def _even(byte: int) -> int:
    return byte | 0x80 if byte.bit_count() % 2 else byte

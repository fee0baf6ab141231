"""Where a line of IEC 62056-21 meters is, and how it is used."""

from dataclasses import dataclass
from typing import Literal

from gateway.wire import Place


@dataclass(frozen=True, slots=True)
class IecLine:
    """An infrared head on one meter, or a current loop or RS-485 with several.

    Attributes:
        baudrate_fixed: What both sides speak from first to last, where the head or the
            converter cannot change its speed; None changes it as the meter proposes.
        parity: Who makes the seven bits and even parity that the standard asks for:
            the port or converter (even), this program (software), or nobody (none).
        timeout_s: How long the meter may think, and pause between characters. [s]
    """

    name: str
    place: Place
    baudrate_fixed: int | None = None
    parity: Literal["even", "software", "none"] = "even"
    timeout_s: float = 2.0
    simulated: bool = False

    def __str__(self) -> str:
        return str(self.place)

"""Where an M-Bus line is, and how it is used."""

from dataclasses import dataclass

from gateway.wire import Place


@dataclass(frozen=True, slots=True)
class MbusLine:
    """M-Bus meters behind a level converter, on a serial port or by TCP.

    Attributes:
        timeout_s: How long a meter may think before it answers; at low speed the
            standard allows it more. [s]
        baudrate: Of the bus; behind TCP that of the converter.
    """

    name: str
    place: Place
    baudrate: int = 2400
    timeout_s: float = 0.5
    simulated: bool = False

    def __str__(self) -> str:
        return str(self.place)

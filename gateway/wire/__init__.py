"""Where meters that answer when asked hang: a serial port, or a converter by TCP."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port, and how characters are sent there."""

    port: str
    baudrate: int
    bytesize: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1

    def __str__(self) -> str:
        return self.port


@dataclass(frozen=True, slots=True)
class TcpPort:
    """A converter that passes bytes on as they are."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


Place = SerialPort | TcpPort

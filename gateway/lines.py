"""Lines: one owner per bus, so that a slow or dead device never stalls another line."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, Protocol

from contract.inventory import DeviceEntry
from gateway.meters import Control

RECONNECT: Final = timedelta(seconds=2)
"""Time between two attempts to open a line that is down."""

CONNECT_TIMEOUT_S: Final = 2.0

SILENT_SHARE: Final = 0.08
"""Most of a line's time that devices which do not answer may take together."""


@dataclass(frozen=True, slots=True)
class TcpLine:
    """A Modbus TCP endpoint; it may serve many units.

    Attributes:
        timeout_s: How long an answer may take. [s]
    """

    name: str
    host: str
    port: int
    timeout_s: float = 2.0
    simulated: bool = False

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class RtuTcpLine:
    """An RS-485 bus behind a converter that passes RTU frames over TCP as they are.

    Attributes:
        timeout_s: How long an answer may take, bus and network together. [s]
    """

    name: str
    host: str
    port: int
    timeout_s: float = 1.0
    simulated: bool = False

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SerialLine:
    """An RS-485 bus behind a serial port.

    Attributes:
        timeout_s: How long a device may think before it answers. [s]
    """

    name: str
    port: str
    baudrate: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1
    timeout_s: float = 0.5
    simulated: bool = False

    def __str__(self) -> str:
        return self.port

    @property
    def character_s(self) -> float:
        """Time one character takes on the wire: 8 bits, start, parity, stop. [s]."""
        bits = 9 + self.stopbits + (self.parity != "N")
        return bits / self.baudrate

    @property
    def frame_gap_s(self) -> float:
        """Silence that ends a frame: 3.5 characters, at least 1.75 ms. [s]."""
        return max(3.5 * self.character_s, 0.00175)


@dataclass(frozen=True, slots=True)
class ListenLine:
    """A serial port on which a meter or a board sends telegrams by itself.

    Attributes:
        timeout_s: Without a telegram for this long, its devices are silent. [s]
        columns: Names of CSV columns, for lines of text without a header.
    """

    name: str
    port: str
    format: Literal["dsmr", "sml", "text_line"]
    baudrate: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stopbits: Literal[1, 2] = 1
    timeout_s: float = 30.0
    columns: tuple[str, ...] = ()
    simulated: bool = False

    def __str__(self) -> str:
        return self.port


ModbusLine = TcpLine | RtuTcpLine | SerialLine


class LineSettings(Protocol):
    """A line of any type; `str` says where it is, in a technician's words."""

    @property
    def name(self) -> str:
        """Its name in the configuration."""

    @property
    def simulated(self) -> bool:
        """Whether its devices are simulators."""


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """One device on a line.

    Attributes:
        entry: What the cloud is told of it.
        line: Name of the line it hangs on.
        unit: Its Modbus address; 0 where telegrams come by themselves.
        interval: Time between two polls.
        meter_id: Whose values it takes from a telegram; empty takes any.
        place: Where else it is on its line, as the line's driver defines it.
        control: What may be written to it.
    """

    entry: DeviceEntry
    line: str
    unit: int
    interval: timedelta
    meter_id: str = ""
    place: object = None
    control: Control | None = None

    @property
    def path(self) -> str:
        """Node path and name: unique in the gateway."""
        return f"{self.entry.node}/{self.entry.name}"


class DeviceError(Exception):
    """A device could not be read or written this time; the message says why."""


class NoAnswerError(DeviceError):
    """The device kept silent, or what it sent was no answer."""


class LineDownError(DeviceError):
    """The line itself cannot be used."""


class Line:
    """Who owns the bus now, and how much of its time silent devices may take."""

    def __init__(self, settings: LineSettings) -> None:
        self.settings = settings
        self._owned = asyncio.Lock()
        self._silent_until = 0.0

    def owned(self) -> AbstractAsyncContextManager[None]:
        """Own the bus; requests of others wait until it is let go."""
        return self._owned

    def may_try_silent(self, monotonic_s: float) -> bool:
        """Return whether a device that did not answer last time may be asked now."""
        return monotonic_s >= self._silent_until

    def waited_in_vain(self, started_s: float, ended_s: float) -> None:
        """Take the time of an unanswered request from what silent devices may use."""
        pause_s = (ended_s - started_s) * (1 / SILENT_SHARE - 1)
        self._silent_until = max(self._silent_until, ended_s) + pause_s

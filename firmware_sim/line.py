"""A line of simulated devices, and the gateway that would own it."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from firmware_sim.faults import Fault, Measuring, Place, Unit
from firmware_sim.modbus_slave import RtuSlave, TcpSlave

HOST: Final = "127.0.0.1"
BAUDRATE: Final = 9600


class Ports:
    """Hands out TCP ports: free ones, or counting up from a first one."""

    def __init__(self, first: int | None = None) -> None:
        self._next = first

    def take(self) -> int:
        """Return the port to listen on; 0 asks for any free one."""
        if self._next is None:
            return 0
        self._next += 1
        return self._next - 1

    def take_free(self) -> int:
        """Return a port at which somebody else, a gateway, can listen."""
        if port := self.take():
            return port
        with socket.socket() as held:
            held.bind((HOST, 0))
            return int(held.getsockname()[1])


class PlayedLine(Protocol):
    """A line of any type with simulated devices on it."""

    async def start(self, ports: Ports) -> None:
        """Begin to answer or to send."""

    async def stop(self) -> None:
        """Take ports and ptys away."""

    def address(self) -> Mapping[str, object]:
        """Return where the line is, in the words of a gateway's configuration."""

    def strike(self, place: Place, fault: Fault) -> int:
        """Add a fault to each device that `place` means; return how many those are.

        Raises:
            ValueError: No device of this line has such a fault.
        """

    def heal(self) -> None:
        """Make every device well again."""


@dataclass(slots=True)
class Line:
    """One bus: a TCP port, or a pty with a TCP port that mirrors it."""

    units: dict[int, Unit] = field(default_factory=dict)
    serial: bool = False
    _tcp: TcpSlave | None = None
    _rtu: RtuSlave | None = None

    def add(self, unit: int, bank: Measuring, key: int) -> None:
        """Put a device on the line."""
        self.units[unit] = Unit(bank, key)

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, at the TCP port of before."""
        port = ports.take() if self._tcp is None else self._tcp.port
        self._tcp = TcpSlave(self.units)
        await self._tcp.start(HOST, port)
        if self.serial:
            self._rtu = RtuSlave(self.units)
            self._rtu.start()

    async def stop(self) -> None:
        """Take ports and ptys away."""
        if self._rtu is not None:
            self._rtu.stop()
        if self._tcp is not None:
            await self._tcp.stop()

    def address(self) -> dict[str, object]:
        """Return where the line is, in the words of a gateway's configuration."""
        if self._tcp is None:
            raise RuntimeError("the line has not been started")
        tcp: dict[str, object] = {"host": HOST, "port": self._tcp.port}
        if self._rtu is None:
            return {"type": "modbus_tcp"} | tcp
        return {
            "type": "modbus_rtu",
            "port": self._rtu.path,
            "baudrate": BAUDRATE,
            "parity": "N",
            "stopbits": 1,
            "mirror": tcp,
        }

    def strike(self, place: Place, fault: Fault) -> int:
        """Add a fault to each unit that `place` means; see `PlayedLine`."""
        meant = [each for n, each in self.units.items() if place.holds_device(str(n))]
        for unit in meant:
            unit.set_faults((*unit.faults, fault))
        return len(meant)

    def heal(self) -> None:
        """Make every unit well again."""
        for unit in self.units.values():
            unit.set_faults(())


class Listed(Protocol):
    """A device that a gateway's configuration names."""

    def to_json(self) -> dict[str, object]:
        """Return the device as JSON values."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a gateway's configuration names it."""

    name: str
    node: str
    line: str
    unit: int
    model: str
    role: str

    def to_json(self) -> dict[str, object]:
        """Return the device as JSON values."""
        return {
            "name": self.name,
            "node": self.node,
            "line": self.line,
            "unit": self.unit,
            "model": self.model,
            "role": self.role,
        }


@dataclass(frozen=True, slots=True)
class Wiring:
    """What one gateway would be connected to."""

    site: str
    node: str
    lines: Mapping[str, PlayedLine]
    devices: tuple[Listed, ...]

    def to_json(self) -> dict[str, object]:
        """Return lines and devices as a gateway's configuration wants them."""
        return {
            "site": self.site,
            "node": self.node,
            "lines": {name: dict(line.address()) for name, line in self.lines.items()},
            "devices": [device.to_json() for device in self.devices],
        }

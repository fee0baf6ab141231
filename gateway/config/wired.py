"""Lines of meters that answer when asked: on a serial port, or a converter by TCP."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gateway.config.tables import LineTable
from gateway.wire import Place, SerialPort, TcpPort

_HIGHEST_PORT = 65_535


class WiredTable(LineTable):
    """[lines.…] with a serial port, or with the host and port of a converter."""

    host: str | None = Field(default=None, min_length=1)
    port: str | int

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.host is None and not (isinstance(self.port, str) and self.port):
            raise ValueError(
                'write port, the serial port, e.g. "/dev/ttyUSB0"; a TCP port needs'
                " host beside it"
            )
        if self.host is not None and not (
            isinstance(self.port, int) and 1 <= self.port <= _HIGHEST_PORT
        ):
            raise ValueError("port: beside host, write a TCP port, 1 to 65535")
        return self

    def where(
        self, baudrate: int, bytesize: Literal[7, 8], parity: Literal["N", "E", "O"]
    ) -> Place:
        """Return the place; over TCP the converter itself knows speed and parity."""
        if self.host is not None:
            return TcpPort(self.host, int(self.port))
        return SerialPort(str(self.port), baudrate, bytesize, parity)

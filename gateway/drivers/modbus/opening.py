"""The pymodbus client of a line, and why one cannot be opened."""

import os
from collections.abc import Callable
from pathlib import Path

from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient

from gateway.lines import (
    CONNECT_TIMEOUT_S,
    LineDownError,
    ModbusLine,
    RtuTcpLine,
    SerialLine,
)

Client = AsyncModbusTcpClient | AsyncModbusSerialClient


def new_client(line: ModbusLine, link_changed: Callable[[bool], None]) -> Client:
    """Return the client of `line`, not yet connected."""
    if isinstance(line, SerialLine):
        return AsyncModbusSerialClient(
            line.port,
            baudrate=line.baudrate,
            parity=line.parity,
            stopbits=line.stopbits,
            timeout=CONNECT_TIMEOUT_S,
            retries=0,
            reconnect_delay=0,
            trace_connect=link_changed,
        )
    is_rtu = isinstance(line, RtuTcpLine)
    return AsyncModbusTcpClient(
        line.host,
        port=line.port,
        framer=FramerType.RTU if is_rtu else FramerType.SOCKET,
        timeout=min(line.timeout_s, CONNECT_TIMEOUT_S),
        retries=0,
        reconnect_delay=0,
        trace_connect=link_changed,
    )


def refuse_unusable(port: str) -> None:
    """Raise `LineDownError` if there is no such serial port or it is not ours."""
    if not Path(port).exists():
        raise LineDownError(f"serial port {port} does not exist")
    if not os.access(port, os.R_OK | os.W_OK):
        raise LineDownError(
            f"no permission to open {port}; add the user to the group dialout"
        )


def why_closed(line: ModbusLine) -> str:
    """Return why a line that can be used in principle does not open."""
    if isinstance(line, SerialLine):
        return "it is in use by another program, or not a serial port"
    return "nothing listens there, or the host cannot be reached"

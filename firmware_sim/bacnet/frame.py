"""BVLL, NPDU and the heads of APDUs (ASHRAE 135, annex J, clauses 6 and 20.1)."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_BVLC: Final = 0x81
_VERSION: Final = 1
_FORWARDED: Final = 0x04
_REGISTER: Final = 0x05
_DISTRIBUTE: Final = 0x09
_UNICAST: Final = 0x0A
_BROADCAST: Final = 0x0B
_EVERY_NETWORK: Final = 0xFFFF
REGISTERED: Final = bytes.fromhex("8100 0006 0000")
"""The answer to a foreign device that registers."""

_LARGEST: Final = (50, 128, 206, 480, 1024, 1476)


class FrameError(ValueError):
    """These bytes are no frame that we would answer."""


class Kind(IntEnum):
    """Types of APDU."""

    CONFIRMED = 0
    UNCONFIRMED = 1
    SIMPLE_ACK = 2
    COMPLEX_ACK = 3
    SEGMENT_ACK = 4
    ERROR = 5
    REJECT = 6
    ABORT = 7


_KINDS: Final = {int(kind): kind for kind in Kind}


class Service(IntEnum):
    """Confirmed services that are known here."""

    CONFIRMED_COV = 1
    SUBSCRIBE_COV = 5
    READ = 12
    READ_MULTIPLE = 14
    WRITE = 15


class Told(IntEnum):
    """Unconfirmed services that are known here."""

    I_AM = 0
    COV = 2
    WHO_IS = 8


@dataclass(frozen=True, slots=True)
class Received:
    """One APDU with what it takes to answer it.

    Attributes:
        route: Where it came from behind a router; empty if from this network.
        invoke: Which request it belongs to.
        service: Choice of the service; of a reject or an abort, the reason.
        most_bytes: What an answer may have at most.
    """

    kind: Kind
    route: bytes
    invoke: int
    service: int
    most_bytes: int
    body: bytes


def is_registration(data: bytes) -> bool:
    """Return whether a foreign device wants to hear broadcasts."""
    return len(data) == 6 and data[0] == _BVLC and data[1] == _REGISTER


def received(data: bytes) -> Received:
    """Return the APDU in a datagram.

    Raises:
        FrameError: There is none, or none for us.
    """
    try:
        return _apdu(*_npdu(_bvll(data)))
    except (IndexError, struct.error) as error:
        raise FrameError("cut short") from error


def _bvll(data: bytes) -> bytes:
    kind, function, length = struct.unpack_from(">BBH", data)
    if kind != _BVLC or length != len(data):
        raise FrameError("not BACnet/IP")
    if function == _FORWARDED:
        return data[10:]
    if function in (_UNICAST, _BROADCAST, _DISTRIBUTE):
        return data[4:]
    raise FrameError("nothing for a device")


def _npdu(data: bytes) -> tuple[bytes, bytes]:
    """Return whom to answer behind a router, and the APDU."""
    version, control = data[0], data[1]
    place, route = 2, b""
    if version != _VERSION or control & 0x80:
        raise FrameError("for routers only")
    if control & 0x20:
        network, length = struct.unpack_from(">HB", data, place)
        if network != _EVERY_NETWORK:
            raise FrameError("for another network")
        place += 3 + length
    if control & 0x08:
        length = data[place + 2]
        route = data[place : place + 3 + length]
        place += 3 + length
    if control & 0x20:
        place += 1
    return route, data[place:]


def _apdu(route: bytes, data: bytes) -> Received:
    kind = _KINDS.get(data[0] >> 4)
    if kind is Kind.UNCONFIRMED:
        return Received(kind, route, 0, data[1], 0, data[2:])
    if kind is Kind.CONFIRMED:
        if data[0] & 0x08:
            raise FrameError("in segments")
        size = data[1] & 0x0F
        most = _LARGEST[size] if size < len(_LARGEST) else _LARGEST[0]
        return Received(kind, route, data[2], data[3], most, data[4:])
    if kind is None or kind is Kind.SEGMENT_ACK:
        raise FrameError("of no known type")
    return Received(kind, route, data[1], data[2], 0, data[3:])


def sent(apdu: bytes, route: bytes = b"") -> bytes:
    """Return the datagram that carries `apdu`."""
    expects = 0x04 if apdu[0] >> 4 == Kind.CONFIRMED else 0
    if route:
        npdu = bytes([_VERSION, 0x20 | expects]) + route + b"\xff"
    else:
        npdu = bytes([_VERSION, expects])
    length = 4 + len(npdu) + len(apdu)
    return struct.pack(">BBH", _BVLC, _UNICAST, length) + npdu + apdu


def told(service: Told, body: bytes) -> bytes:
    """Return an unconfirmed request."""
    return bytes([Kind.UNCONFIRMED << 4, service]) + body


def asked(service: Service, invoke: int, body: bytes) -> bytes:
    """Return a confirmed request; answers may have 1476 bytes, in one segment."""
    return bytes([Kind.CONFIRMED << 4, 0x05, invoke, service]) + body


def done(invoke: int, service: int) -> bytes:
    """Return a simple acknowledgement."""
    return bytes([Kind.SIMPLE_ACK << 4, invoke, service])


def answered(invoke: int, service: int, body: bytes) -> bytes:
    """Return an acknowledgement with content."""
    return bytes([Kind.COMPLEX_ACK << 4, invoke, service]) + body


def failed(invoke: int, service: int, error: bytes) -> bytes:
    """Return an error; `error` is its class and code, encoded."""
    return bytes([Kind.ERROR << 4, invoke, service]) + error


def rejected(invoke: int, reason: int) -> bytes:
    """Return a rejection."""
    return bytes([Kind.REJECT << 4, invoke, reason])


def aborted(invoke: int, reason: int) -> bytes:
    """Return an abort by the server."""
    return bytes([Kind.ABORT << 4 | 1, invoke, reason])

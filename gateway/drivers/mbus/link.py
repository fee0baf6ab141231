"""M-Bus link layer: what is sent to a meter, and where its answer ends. Pure.

Sources: EN 13757-2:2018, 5 (frames, addresses, FCB); EN 13757-7:2018, 8 (selection).
"""

from typing import Final

SELECTED: Final = 0xFD
"""Address of the meter that was selected by its number."""
ACKNOWLEDGED: Final = b"\xe5"

_SHORT, _LONG, _STOP = 0x10, 0x68, 0x16
_SND_NKE, _SND_UD, _REQ_UD2 = 0x40, 0x53, 0x5B
_FCB: Final = 0x20
_SELECT: Final = 0x52
_ANY_MAKER_VERSION_AND_MEDIUM: Final = b"\xff\xff\xff\xff"
_SHORT_BYTES: Final = 5
_AROUND: Final = 6
_DATA: Final = 0x72


class GarbledError(ValueError):
    """What came is no frame; the message says why."""


def reset(address: int) -> bytes:
    """Return SND_NKE: the meter is to begin anew, and acknowledges that."""
    return _short(_SND_NKE, address)


def request(address: int, *, fcb: bool) -> bytes:
    """Return REQ_UD2: the meter is to send its data, the next if `fcb` has changed."""
    return _short(_REQ_UD2 | _FCB * fcb, address)


def select(number: str) -> bytes:
    """Return the frame to which the meter of that number, eight digits, says yes."""
    body = bytes([_SND_UD, SELECTED, _SELECT]) + bytes.fromhex(number)[::-1]
    body += _ANY_MAKER_VERSION_AND_MEDIUM
    head = bytes([_LONG, len(body), len(body), _LONG])
    return head + body + bytes([sum(body) & 0xFF, _STOP])


def answer(received: bytes, sent: bytes) -> bytes | None:
    """Return the one whole frame in `received`, None while it is not complete.

    Args:
        sent: What was asked; some converters repeat it before the answer.

    Raises:
        GarbledError: It is no frame, or more than one.
    """
    if sent.startswith(received):
        return None
    frame = received.removeprefix(sent)
    size = _size(frame)
    if size is None or len(frame) < size:
        return None
    if len(frame) > size:
        raise GarbledError("more came than one answer")
    if size == len(ACKNOWLEDGED):
        return frame
    own = sum(frame[4 if size > _SHORT_BYTES else 1 : -2]) & 0xFF
    if frame[-1] != _STOP:
        raise GarbledError("the answer does not end where its length says")
    if frame[-2] != own:
        raise GarbledError(f"wrong checksum: {frame[-2]:02X}, should be {own:02X}")
    return frame


def address_of(frame: bytes) -> int:
    """Return the primary address that a long frame comes from."""
    return frame[5]


def number_of(frame: bytes) -> str | None:
    """Return the number of the meter that a data frame comes from."""
    if len(frame) < 11 or frame[6] != _DATA:
        return None
    return frame[10:6:-1].hex().upper()


def _short(control: int, address: int) -> bytes:
    check = control + address & 0xFF
    return bytes([_SHORT, control, address, check, _STOP])


def _size(frame: bytes) -> int | None:
    """Return how long the frame that begins so is; None while unknown."""
    if frame[0] == ACKNOWLEDGED[0]:
        return 1
    if frame[0] == _SHORT:
        return _SHORT_BYTES
    if frame[0] != _LONG:
        raise GarbledError(f"the answer begins with {frame[0]:02X}, as no frame does")
    if len(frame) < 4:
        return None
    if frame[1] != frame[2] or frame[3] != _LONG or frame[1] < 3:
        raise GarbledError("the answer's two lengths differ")
    return frame[1] + _AROUND

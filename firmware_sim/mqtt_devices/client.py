"""A publisher of MQTT 3.1.1, as small as those in devices (OASIS MQTT 3.1.1, § 3)."""

import asyncio
import struct
from dataclasses import dataclass
from typing import Final

_CONNECT: Final = 0x10
_CONNACK: Final = 0x20
_PUBLISH: Final = 0x30
_DISCONNECT: Final = b"\xe0\x00"
_CLEAN: Final = 0x02
_WILL_RETAINED: Final = 0x24
_USERNAME: Final = 0x80
_PASSWORD: Final = 0x40
_KEEPALIVE_S: Final = 300
_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """What is published."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Outside:
    """A broker that is not ours."""

    host: str
    port: int = 1883
    username: str = ""
    password: str = ""


class Publisher:
    """One connection with a last will."""

    def __init__(self, broker: Outside, client_id: str, will: Message | None) -> None:
        self._broker = broker
        self._client_id = client_id
        self._will = will
        self._writer: asyncio.StreamWriter | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can publish."""
        return self._writer is not None and not self._writer.is_closing()

    async def open(self) -> None:
        """Connect.

        Raises:
            OSError: The broker is away or refuses.
        """
        async with asyncio.timeout(_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(
                self._broker.host, self._broker.port
            )
            writer.write(self._hello())
            try:
                answer = await reader.readexactly(4)
            except asyncio.IncompleteReadError as error:
                writer.close()
                raise ConnectionError("the broker hung up") from error
        if answer[0] != _CONNACK or answer[3]:
            writer.close()
            raise ConnectionError(f"the broker refuses with code {answer[3]}")
        self._writer = writer

    async def publish(self, message: Message) -> None:
        """Send a message, once at most.

        Raises:
            OSError: The broker has gone.
        """
        if self._writer is None:
            raise ConnectionError("not connected")
        head = _PUBLISH | int(message.retain)
        self._writer.write(_packet(head, _text(message.topic) + message.payload))
        await self._writer.drain()

    def drop(self) -> None:
        """Vanish as with the power cut: the broker publishes the last will."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.transport.abort()

    def close(self) -> None:
        """Say good-bye: there will be no last will."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.write(_DISCONNECT)
            writer.close()

    def _hello(self) -> bytes:
        flags, broker = _CLEAN, self._broker
        body = _text(self._client_id)
        if self._will is not None:
            flags |= _WILL_RETAINED
            body += _text(self._will.topic) + _field(self._will.payload)
        if broker.username:
            flags |= _USERNAME | _PASSWORD
            body += _text(broker.username) + _text(broker.password)
        start = _text("MQTT") + bytes((4, flags)) + struct.pack(">H", _KEEPALIVE_S)
        return _packet(_CONNECT, start + body)


def _packet(head: int, body: bytes) -> bytes:
    length, rest = bytearray(), len(body)
    while True:
        rest, digit = rest >> 7, rest & 0x7F
        length.append(digit | (0x80 if rest else 0))
        if not rest:
            return bytes((head,)) + bytes(length) + body


def _text(words: str) -> bytes:
    return _field(words.encode())


def _field(raw: bytes) -> bytes:
    return struct.pack(">H", len(raw)) + raw

"""One connection to a broker: paho's thread on one side, the running loop on the other.

What arrives waits in a bounded queue until the loop takes it, all of it at once.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from gateway.drivers.mqtt.line import MqttLine
from gateway.lines import CONNECT_TIMEOUT_S, LineDownError

MOST_WAITING: Final = 2000
MOST_PACKET: Final = 1 << 20

Take = Callable[[str, bytes, bool], None]
"""Is given topic, payload and whether the message was retained."""


class _Careful(Client):
    """A client that leaves a broker that would make it hold more than `MOST_PACKET`.

    Attributes:
        giant: Size of the message that made it leave. [bytes]
    """

    giant = 0

    def _sock_recv(self, bufsize: int) -> bytes:
        if bufsize > MOST_PACKET:
            self.giant = bufsize
            raise ConnectionError(f"a message of {bufsize} bytes came")
        return super()._sock_recv(bufsize)


class _TidySocket(ssl.SSLSocket):
    """Closes itself where the broker's certificate is not believed."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


class Session:
    """A connection from its opening to its end; a new one is made to reconnect.

    Attributes:
        lost: Why it ended; empty while it stands.
        dropped: Messages that came faster than they were taken.
    """

    def __init__(self, line: MqttLine, take: Take) -> None:
        self.lost = ""
        self.dropped = 0
        self._line = line
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._answered = asyncio.Event()
        self._refusal = ""
        self._waiting: deque[tuple[str, bytes, bool]] = deque(maxlen=MOST_WAITING)
        self._is_woken = False
        self._client = self._made()

    async def open(self) -> None:
        """Connect.

        Raises:
            LineDownError: There is no such broker, or it refuses; the message says why.
        """
        line = self._line
        try:
            async with asyncio.timeout(2 * CONNECT_TIMEOUT_S):
                await asyncio.to_thread(self._dial)
                await self._answered.wait()
        except TimeoutError as error:
            self.close()
            raise LineDownError(f"no broker answers at {line}") from error
        except OSError as error:
            self.close()
            raise LineDownError(f"cannot reach a broker at {line}: {error}") from error
        if self._refusal:
            self.close()
            raise LineDownError(f"the broker at {line} refuses: {self._refusal}")

    @property
    def complaint(self) -> str:
        """What the broker did that made us leave it; empty for nothing."""
        size = self._client.giant
        return f"the broker sends a message of {size} bytes" if size else ""

    def subscribe(self, topics: Iterable[str]) -> None:
        """Ask for `topics`; what is retained on them comes again."""
        wanted = [(topic, 1) for topic in topics]
        if wanted:
            self._client.subscribe(wanted)

    def close(self) -> None:
        """Leave the broker; the thread ends by itself."""
        self.lost = self.lost or "closed"
        with suppress(ValueError, OSError):
            self._client.disconnect()

    def _made(self) -> _Careful:
        line = self._line
        client = _Careful(
            CallbackAPIVersion.VERSION2, line.client_id, reconnect_on_failure=False
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        if line.username:
            client.username_pw_set(line.username, _password(line))
        if line.tls:
            try:
                client.tls_set_context(_trust(line))
            except OSError as error:
                raise LineDownError(f"cannot use {line.ca_file}: {error}") from error
        client.on_connect = self._connected
        client.on_disconnect = self._ended
        client.on_message = self._came
        return client

    def _dial(self) -> None:
        line = self._line
        self._client.connect(line.host, line.port, line.keepalive_s)
        self._client.loop_start()
        if self.lost:  # given up meanwhile
            self._client.disconnect()

    def _connected(self, _: Client, __: Any, ___: Any, code: Any, ____: Any) -> None:
        self._call(self._answer, str(code) if code.is_failure else "")

    def _ended(self, _: Client, __: Any, ___: Any, code: Any, ____: Any) -> None:
        self._call(self._end, str(code))

    def _came(self, _: Client, __: Any, message: MQTTMessage) -> None:
        """Queue a message; called in the client's thread, as the two above are."""
        self.dropped += len(self._waiting) == MOST_WAITING
        self._waiting.append((message.topic, bytes(message.payload), message.retain))
        if not self._is_woken:
            self._is_woken = True
            self._call(self._drain)

    def _call(self, function: Callable[..., None], *arguments: str) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(function, *arguments)

    def _answer(self, refusal: str) -> None:
        self._refusal = refusal
        self._answered.set()

    def _end(self, why: str) -> None:
        self.lost = self.lost or why
        if not self._answered.is_set():
            self._answer(why)

    def _drain(self) -> None:
        self._is_woken = False
        for _ in range(len(self._waiting)):
            topic, payload, retained = self._waiting.popleft()
            if self.lost != "closed":
                self._take(topic, payload, retained)


def _trust(line: MqttLine) -> ssl.SSLContext:
    ca_file = None if line.ca_file is None else str(line.ca_file)
    context = ssl.create_default_context(cafile=ca_file)
    context.sslsocket_class = _TidySocket
    return context


def _password(line: MqttLine) -> str | None:
    if line.password_file is None:
        return None
    try:
        return line.password_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        words = f"cannot read the password in {line.password_file}: {error}"
        raise LineDownError(words) from error

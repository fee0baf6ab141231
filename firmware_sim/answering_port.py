"""A pty or a TCP port on which devices answer what they are asked."""

import asyncio
from collections.abc import Callable, Mapping

from firmware_sim.line import HOST, Ports
from firmware_sim.pty_port import PtyPort


class AnsweringPort:
    """The far end of a line; where it is stays over a stop and a start."""

    def __init__(self, answer: Callable[[bytes], bytes], *, tcp: bool) -> None:
        self._answer = answer
        self._port = 0
        self._pty = None if tcp else PtyPort(self._on_pty)
        self._server: asyncio.Server | None = None
        self._peers: set[asyncio.StreamWriter] = set()

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, where it was before."""
        if self._pty is not None:
            self._pty.plug()
            return
        port = self._port or ports.take()
        self._server = await asyncio.start_server(self._serve, HOST, port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be away."""
        if self._pty is not None:
            self._pty.unplug()
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for peer in list(self._peers):
                peer.close()
            await server.wait_closed()

    def address(self) -> Mapping[str, object]:
        """Return where it is, in the words of a gateway's configuration."""
        if self._pty is not None:
            return {"port": self._pty.path}
        return {"host": HOST, "port": self._port}

    def _on_pty(self, data: bytes) -> None:
        if self._pty is not None:
            self._pty.write(self._answer(data))

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._peers.add(writer)
        try:
            while data := await reader.read(1024):
                writer.write(self._answer(data))
        except ConnectionError:
            return
        finally:
            self._peers.discard(writer)
            writer.close()

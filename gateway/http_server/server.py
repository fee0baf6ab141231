"""Listens, and sees to it that no client takes more than its share."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from gateway.http_server.exchange import Exchange, GoneError
from gateway.http_server.message import (
    Handler,
    ProblemError,
    Request,
    Response,
    Routes,
    problem,
)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take of the gateway.

    Attributes:
        connections: At once, of all clients together.
        head_bytes: About so many of a request's line and headers.
        idle_s: How long a connection may wait for its next request. [s]
        read_s: How long a whole request may take to arrive. [s]
        write_s: How long a client may take to read its answer. [s]
    """

    connections: int = 32
    head_bytes: int = 16 * 1024
    body_bytes: int = 64 * 1024
    idle_s: float = 30.0
    read_s: float = 10.0
    write_s: float = 10.0


class HttpServer:
    """Serves routes, as `message.Routes` reads them, until stopped."""

    def __init__(
        self,
        routes: Mapping[str, Handler],
        host: str | None,
        port: int,
        limits: Limits | None = None,
    ) -> None:
        """Take what to serve.

        Args:
            host: Address to listen on; None or empty for all of the machine's.
            port: 0 for any that is free.
        """
        self._routes = Routes(routes)
        self._host = host or None
        self._port = port
        self._limits = limits or Limits()
        self._server: asyncio.Server | None = None
        self._clients: dict[Exchange, asyncio.Task[None]] = {}
        self._waiting: dict[Exchange, None] = {}

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens on."""
        if self._server is None or not self._server.sockets:
            raise RuntimeError("the server is not started")
        host, port = self._server.sockets[0].getsockname()[:2]
        return str(host), int(port)

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    @property
    def is_serving(self) -> bool:
        """Whether clients can connect."""
        return self._server is not None and self._server.is_serving()

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is in use, or the address is not this machine's.
        """
        self._server = await asyncio.start_server(
            self._meet, self._host, self._port, limit=self._limits.head_bytes
        )

    def close(self) -> None:
        """Stop listening and begin to end what is under way."""
        if self._server is not None:
            self._server.close()
        for task in self._clients.values():
            task.cancel()

    async def stop(self) -> None:
        """Stop listening and end what is under way."""
        self.close()
        await asyncio.gather(*self._clients.values(), return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
        self._server = None

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        limits = self._limits
        exchange = Exchange(
            reader, writer, max_head=limits.head_bytes, max_body=limits.body_bytes
        )
        is_full = len(self._clients) >= limits.connections and not self._make_room()
        task = asyncio.create_task(self._serve(exchange, is_full=is_full))
        self._clients[exchange] = task

        def forget(_: object) -> None:
            del self._clients[exchange]
            writer.transport.abort()

        task.add_done_callback(forget)

    def _make_room(self) -> bool:
        """Drop who has dawdled longest over a request; return if there was one."""
        for exchange in self._waiting:
            del self._waiting[exchange]
            self._clients[exchange].cancel()
            return True
        return False

    async def _serve(self, exchange: Exchange, *, is_full: bool) -> None:
        with suppress(GoneError, OSError, TimeoutError):
            if is_full:
                full = problem(503, "too many connections; try again soon")
                await self._answer(exchange, full, last=True)
            else:
                while await self._one(exchange):
                    pass
            await exchange.linger()

    async def _one(self, exchange: Exchange) -> bool:
        """Answer one request; return whether another may follow."""
        try:
            request = await self._received(exchange)
        except ProblemError as error:
            refused = problem(error.status, error.detail, error.headers)
            return await self._answer(exchange, refused, last=True)
        response = await self._handled(request)
        return await self._answer(exchange, response, last=False)

    async def _received(self, exchange: Exchange) -> Request:
        """Return the next request; while it is not whole, the client may be dropped."""
        self._waiting[exchange] = None
        try:
            async with asyncio.timeout(self._limits.idle_s):
                await exchange.first_byte()
            try:
                async with asyncio.timeout(self._limits.read_s):
                    return await exchange.request()
            except TimeoutError as error:
                raise ProblemError(408, "the request took too long") from error
        finally:
            self._waiting.pop(exchange, None)

    async def _handled(self, request: Request) -> Response:
        try:
            handler = self._routes.handler(request.method, request.path)
            return await handler(request)
        except ProblemError as error:
            return problem(error.status, error.detail, error.headers)
        except Exception:  # noqa: BLE001 (ends one request, not the server)
            _LOG.exception("%s %s failed unexpectedly", request.method, request.path)
            return problem(500, "the gateway could not answer this; see its log")

    async def _answer(
        self, exchange: Exchange, response: Response, *, last: bool
    ) -> bool:
        with suppress(ConnectionError):
            async with asyncio.timeout(self._limits.write_s):
                return await exchange.answer(response, last=last)
        return False

"""One client's connection: its requests and answers, in HTTP/1.1's words."""

import asyncio
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit

import h11

from gateway.http_server.message import ProblemError, Request, Response

_CHUNK: Final = 8 * 1024
_LINGER_S: Final = 1.0
_LINGER_BYTES: Final = 1024 * 1024


class GoneError(Exception):
    """The client closed the connection."""


class Exchange:
    """Reads requests from a client and writes it the answers."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        max_head: int,
        max_body: int,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._max_body = max_body
        self._is_head = False
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=max_head)
        writer.transport.set_write_buffer_limits(0)  # a drained answer is all sent
        name = writer.get_extra_info("peername")
        self.peer = str(name[0]) if name else ""

    async def first_byte(self) -> None:
        """Return once the next request begins.

        Raises:
            GoneError: None will.
        """
        if not self._http.trailing_data[0]:
            self._http.receive_data(await self._some())

    async def request(self) -> Request:
        """Return the next request.

        Raises:
            GoneError: The client left.
            ProblemError: It is no HTTP, or too much.
        """
        try:
            head = await self._event()
            if not isinstance(head, h11.Request):
                raise GoneError
            self._check(head)
            body = bytearray()
            while isinstance(event := await self._event(), h11.Data):
                body += event.data
                if len(body) > self._max_body:
                    raise self._too_large()
            return self._request(head, bytes(body))
        except h11.RemoteProtocolError as error:
            raise ProblemError(error.error_status_hint, f"{error}") from error

    async def answer(self, response: Response, *, last: bool) -> bool:
        """Send an answer; return whether another request may follow.

        Args:
            last: Tell the client that the connection ends.
        """
        if not self._may_answer():
            return False
        headers = {
            "Content-Type": response.content_type,
            "Content-Length": str(len(response.body)),
            "X-Content-Type-Options": "nosniff",
            **response.headers,
        }
        if last:
            headers["Connection"] = "close"
        reason = HTTPStatus(response.status).phrase
        self._send(
            h11.Response(
                status_code=response.status,
                headers=list(headers.items()),
                reason=reason,
            )
        )
        if response.body and not self._is_head:
            self._send(h11.Data(data=response.body))
        self._send(h11.EndOfMessage())
        await self._writer.drain()
        return self._goes_on()

    async def linger(self) -> None:
        """Let the client read the last answer, though it may still be sending."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
        left = _LINGER_BYTES
        async with asyncio.timeout(_LINGER_S):
            while left > 0 and (chunk := await self._reader.read(_CHUNK)):
                left -= len(chunk)

    def _may_answer(self) -> bool:
        return self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE)

    def _goes_on(self) -> bool:
        """Return whether another request may follow, and be ready for it."""
        if self._http.states != {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}:
            return False
        self._http.start_next_cycle()
        self._is_head = False
        return True

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                self._send(h11.InformationalResponse(status_code=100, headers=[]))
            self._http.receive_data(await self._some())
        return event

    async def _some(self) -> bytes:
        data = await self._reader.read(_CHUNK)
        if not data:
            raise GoneError
        return data

    def _check(self, head: h11.Request) -> None:
        self._is_head = head.method == b"HEAD"
        if head.http_version not in (b"1.0", b"1.1"):
            raise ProblemError(505, "this server speaks HTTP/1.1")
        length = dict(head.headers).get(b"content-length", b"0")
        if int(length) > self._max_body:
            raise self._too_large()

    def _too_large(self) -> ProblemError:
        return ProblemError(413, f"a body may have at most {self._max_body} bytes")

    def _request(self, head: h11.Request, body: bytes) -> Request:
        headers: dict[str, str] = {}
        for raw_name, raw_value in head.headers:
            name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        try:
            target = urlsplit(head.target.decode("ascii"))
        except ValueError as error:
            raise ProblemError(400, "the address is none") from error
        path = unquote(target.path)
        return Request(
            head.method.decode("ascii"), path, target.query, headers, body, self.peer
        )

    def _send(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")

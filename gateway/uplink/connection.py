"""One kept HTTP connection; a thread waits for it, never longer than the deadline."""

import asyncio
import select
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import (
    HTTP_PORT,
    HTTPS_PORT,
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
)
from typing import Final
from urllib.parse import urlsplit

_CONNECT_WITHIN_S: Final = 2.0
_ANSWER_WITHIN_S: Final = 30.0
_MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        reason: The server's own words for `status`.
    """

    status: int
    reason: str
    retry_after: str
    body: bytes


class Connection:
    """A connection to one server, opened when needed; one request at a time."""

    def __init__(self, url: str, tls: ssl.SSLContext | None) -> None:
        parts = urlsplit(url)
        self._host, self._prefix = parts.hostname or "", parts.path
        self._port = parts.port or (HTTP_PORT if tls is None else HTTPS_PORT)
        self._tls, self._lock = tls, asyncio.Lock()
        self._http = self._unopened()

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        """Return the whole answer, whatever its status; redirects are not followed.

        Raises:
            TimeoutError: It did not come in time.
            HTTPException, OSError: It did not come.
        """
        async with self._lock:
            http = self._http
            try:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    return await asyncio.to_thread(
                        self._answer, http, method, self._prefix + path, headers, body
                    )
            except BaseException:
                self._http = self._unopened()
                _wake(http)
                raise

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _unopened(self) -> HTTPConnection:
        host, port, within_s = self._host, self._port, _CONNECT_WITHIN_S
        if self._tls is None:
            return HTTPConnection(host, port, within_s)
        return HTTPSConnection(host, port, timeout=within_s, context=self._tls)

    def _answer(
        self,
        http: HTTPConnection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Answer:
        try:
            _open(http)
            if http is not self._http:
                raise TimeoutError("given up while it was connecting")
            http.request(method, path, body, dict(headers))
            with http.getresponse() as response:
                return _whole(response)
        except BaseException:
            http.close()
            raise


def _open(http: HTTPConnection) -> None:
    if http.sock is not None:
        if not _has_ended(http.sock):
            return
        http.close()
    http.connect()
    http.sock.settimeout(_ANSWER_WITHIN_S)


def _has_ended(idle: socket.socket) -> bool:
    """Return whether the server hung up: between two answers it says nothing else."""
    poll = select.poll()
    poll.register(idle, select.POLLIN)
    return bool(poll.poll(0))


def _whole(response: HTTPResponse) -> Answer:
    body = response.read(_MAX_ANSWER_BYTES + 1)
    if len(body) > _MAX_ANSWER_BYTES:
        raise HTTPException(f"the answer is larger than {_MAX_ANSWER_BYTES} bytes")
    if response.length:
        raise HTTPException("the answer breaks off")
    retry_after = response.headers.get("Retry-After", "")
    return Answer(response.status, response.reason, retry_after, body)


def _wake(http: HTTPConnection) -> None:
    """End the wait of the thread that may still use this connection; it closes it."""
    if http.sock is not None:
        with suppress(OSError):  # the connection has ended already
            socket.socket.shutdown(http.sock, socket.SHUT_RDWR)

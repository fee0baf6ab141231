"""The upload over HTTPS; refusals become plain words."""

import json
import os
import socket
import ssl
from copy import copy
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from contract.interval import to_ms
from contract.receipt import Receipt
from contract.signing import sign
from gateway.clock import SystemClock
from gateway.uplink.connection import Answer, Connection
from gateway.uplink.loopback import is_loopback


class UplinkError(Exception):
    """No receipt, or no file; the message says why in plain words.

    Attributes:
        status: The HTTP status, or None when no answer came.
        retry_after_s: How long the cloud asks to wait. [s]
    """

    def __init__(
        self, message: str, status: int | None = None, retry_after_s: float = 0.0
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class HttpsUplink:
    """One gateway's connection to the cloud."""

    def __init__(
        self, url: str, ca_file: Path | None, gateway: str, private_key: str
    ) -> None:
        """Prepare the connection.

        Raises:
            UplinkError: The URL is neither HTTPS nor loopback, or the CA file is
                unreadable.
        """
        self._url = url.rstrip("/")
        self._gateway = gateway
        self._private_key = private_key
        self._tls = _tls(url, ca_file)
        self._connection = Connection(self._url, self._tls)

    def apart(self) -> "HttpsUplink":
        """Return another connection to the same cloud, so that neither waits."""
        made = copy(self)
        made._connection = Connection(self._url, self._tls)  # noqa: SLF001 our own
        return made

    async def upload(self, body: bytes) -> Receipt:
        """Send one packed envelope and return the cloud's receipt.

        Raises:
            UplinkError: No receipt came; the batches must be kept.
        """
        headers = {
            "Content-Type": "application/octet-stream",
            "X-Voltonic-Signature": sign(self._private_key, body),
        }
        path = f"/api/v1/gateways/{self._gateway}/uploads"
        answer = await self._request("POST", path, headers, body)
        try:
            return Receipt.from_bytes(answer)
        except ValueError as error:
            raise UplinkError(f"the cloud's receipt is unreadable: {error}") from error

    async def fetch(self, name: str) -> bytes:
        """Return what the cloud holds for this gateway under `name`, e.g. `config`.

        It is signed with the real time, also where a simulated clock is followed.

        Raises:
            UplinkError: It did not come.
        """
        path = f"/api/v1/gateways/{self._gateway}/{name}"
        time_ms = to_ms(SystemClock().now())
        headers = {
            "X-Voltonic-Time": str(time_ms),
            "X-Voltonic-Signature": sign(
                self._private_key, f"GET {path} {time_ms}".encode()
            ),
        }
        return await self._request("GET", path, headers, None)

    async def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    async def _request(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> bytes:
        try:
            answer = await self._connection.request(method, path, headers, body)
        except TimeoutError as error:
            raise UplinkError(f"{self._url} did not answer in time") from error
        except (HTTPException, OSError) as error:
            raise UplinkError(f"{self._url}: {_plain(error)}") from error
        if answer.status != 200:
            raise _refusal(answer)
        return answer.body


def _tls(url: str, ca_file: Path | None) -> ssl.SSLContext | None:
    parts = urlsplit(url)
    if parts.scheme == "http" and is_loopback(parts.hostname):
        return None
    if parts.scheme != "https":
        raise UplinkError(f"cloud.url: {url} is not https (http only to this machine)")
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise UplinkError(f"cloud.ca_file: {ca_file}: {_plain(error)}") from error


def _refusal(answer: Answer) -> UplinkError:
    try:
        match json.loads(answer.body):
            case {"detail": str(words)} | {"title": str(words)}:
                pass
            case _:
                words = answer.reason or "no reason given"
    except ValueError:
        words = answer.reason or "no reason given"
    return UplinkError(
        f"HTTP {answer.status}: {words[:300]}",
        answer.status,
        _seconds(answer.retry_after),
    )


def _seconds(header: str) -> float:
    return float(header) if header.isascii() and header.isdigit() else 0.0


def _plain(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error}"
    if isinstance(error, socket.gaierror):
        return "its name is not known here"
    if (
        isinstance(error, OSError)
        and error.errno
        and not isinstance(error, ssl.SSLError)
    ):
        return os.strerror(error.errno)
    return str(error) or type(error).__name__

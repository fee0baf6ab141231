"""The upload over HTTPS; refusals become plain words."""

import json
import os
import ssl
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from contract.interval import to_ms
from contract.receipt import Receipt
from contract.signing import sign
from gateway.clock import SystemClock
from gateway.uplink.loopback import is_loopback

_CONNECT_WITHIN_S: Final = 2.0
_ANSWER_WITHIN_S: Final = 30.0
_MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024


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
        """Prepare the connection; must be called in the running loop.

        Raises:
            UplinkError: The URL is neither HTTPS nor loopback, or the CA file is
                unreadable.
        """
        self._url = url.rstrip("/")
        self._gateway = gateway
        self._private_key = private_key
        timeout = aiohttp.ClientTimeout(
            total=_ANSWER_WITHIN_S,
            connect=_CONNECT_WITHIN_S,
            sock_connect=_CONNECT_WITHIN_S,
        )
        connector = aiohttp.TCPConnector(ssl=_tls(url, ca_file), limit=2)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)

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
        """Close the connections."""
        await self._session.close()

    async def _request(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> bytes:
        try:
            async with self._session.request(
                method,
                self._url + path,
                headers=headers,
                data=body,
                allow_redirects=False,
            ) as response:
                answer = await _read(response)
                if response.status != 200:
                    raise _refusal(response, answer)
                return answer
        except TimeoutError as error:
            raise UplinkError(f"{self._url} did not answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise UplinkError(f"{self._url}: {_plain(error)}") from error


async def _read(response: aiohttp.ClientResponse) -> bytes:
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > _MAX_ANSWER_BYTES:
            raise UplinkError(f"the answer is larger than {_MAX_ANSWER_BYTES} bytes")
    return bytes(answer)


def _tls(url: str, ca_file: Path | None) -> ssl.SSLContext | bool:
    parts = urlsplit(url)
    if parts.scheme == "http" and is_loopback(parts.hostname):
        return True
    if parts.scheme != "https":
        raise UplinkError(f"cloud.url: {url} is not https (http only to this machine)")
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise UplinkError(f"cloud.ca_file: {ca_file}: {_plain(error)}") from error


def _refusal(response: aiohttp.ClientResponse, answer: bytes) -> UplinkError:
    try:
        match json.loads(answer):
            case {"detail": str(words)} | {"title": str(words)}:
                pass
            case _:
                words = response.reason or "no reason given"
    except ValueError:
        words = response.reason or "no reason given"
    return UplinkError(
        f"HTTP {response.status}: {words[:300]}",
        response.status,
        _seconds(response.headers.get("Retry-After", "")),
    )


def _seconds(header: str) -> float:
    return float(header) if header.isascii() and header.isdigit() else 0.0


def _plain(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not trusted: {error.certificate_error}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known here"
    if isinstance(error, aiohttp.ClientSSLError):
        return str(error)
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        return os.strerror(error.os_error.errno)
    return str(error) or type(error).__name__

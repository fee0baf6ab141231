"""One question over HTTP, bounded in time and size."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from cloud.weather.provider import WeatherError

LARGEST: Final = 4 * 1024 * 1024
"""Largest answer taken. [bytes]"""
PATIENCE_S: Final = 10.0
"""How long nothing may come before the source is given up. [s]"""
DEADLINE_S: Final = 30.0
"""How long a whole answer may take. [s]"""
LONGEST_WAIT_S: Final = 24 * 3600
"""More than this a source can't ask to be left alone for. [s]"""

_CHUNK: Final = 64 * 1024
_AGENT: Final = "voltonic-cloud"


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_others: object) -> None:
        """Follow nobody elsewhere."""
        return


def get(
    url: str,
    parameters: Mapping[str, str],
    patience_s: float = PATIENCE_S,
    deadline_s: float = DEADLINE_S,
) -> bytes:
    """Return the body of the answer.

    Raises:
        WeatherError: There was none in time, or the source refused.
    """
    host = urlsplit(url).hostname or ""
    end = time.monotonic() + deadline_s
    asked = Request(  # noqa: S310 the setting is checked to be http or https
        f"{url}?{urlencode(parameters, safe=',')}",
        headers={"Accept": "application/json", "User-Agent": _AGENT},
    )
    try:
        with _opener(host).open(asked, timeout=patience_s) as response:
            return _body(response, host, end)
    except HTTPError as error:
        with error:
            raise _refusal(error, host) from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise WeatherError(f"{host} does not answer: {reason}") from error


def _opener(host: str) -> OpenerDirector:
    if _is_here(host):
        return build_opener(_NoRedirects, ProxyHandler({}))
    return build_opener(_NoRedirects)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _body(response: HTTPResponse, host: str, end: float) -> bytes:
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > LARGEST:
            raise WeatherError(f"{host} sends more than {LARGEST} bytes")
        if time.monotonic() > end:
            raise WeatherError(f"{host} is too slow to be waited for")
    if response.length:
        raise WeatherError(f"{host} stopped in the middle of its answer")
    return bytes(body)


def _refusal(error: HTTPError, host: str) -> WeatherError:
    said = f"{host} answers {error.code}"
    if error.code in range(300, 400):
        elsewhere = error.headers.get("Location", "elsewhere")[:200]
        return WeatherError(f"{said}: moved to {elsewhere}; change WEATHER_URL")
    wait_s = _wait_s(error.headers.get("Retry-After", ""))
    if error.code == 429:
        return WeatherError(f"{said}: asked too often", wait_s)
    return WeatherError(f"{said}{_reason(error)}", wait_s)


def _reason(error: HTTPError) -> str:
    """Return what the source says of it, where that is short and plain."""
    import json

    try:
        match json.loads(error.read(_CHUNK)):
            case {"reason": str(reason)}:
                return f": {reason[:200]}"
    except (OSError, HTTPException, ValueError):
        return ""
    return ""


def _wait_s(said: str) -> int:
    if said.isascii() and said.isdigit():
        return min(int(said[:9]), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(said).timestamp()
    except (TypeError, ValueError):
        return 0
    return max(0, min(round(until - time.time()), LONGEST_WAIT_S))

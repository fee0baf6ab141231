"""What the status page answers: itself, the figures behind it, and few changes."""

import asyncio
import base64
import hashlib
import json
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs

from gateway.http_server import (
    Handler,
    ProblemError,
    Request,
    Response,
    json_response,
)
from gateway.status_page import door, pin
from gateway.status_page.recent_log import RecentLog

_FILE: Final = Path(__file__).parent / "page.html"
_INLINE: Final = re.compile(rb"<(script|style)>(.*?)</\1>", re.DOTALL)


class Gateway(Protocol):
    """What the page asks of the gateway."""

    async def status(self) -> Mapping[str, object]:
        """Return its figures about itself."""

    def values(self, wanted: list[str]) -> Mapping[str, object]:
        """Return the newest values of the devices at these paths, or of all."""

    def reload(self) -> str:
        """Start again with the configuration; return why not, or nothing."""

    async def release(self, device: str, quantity: str) -> str:
        """Let go what an operator holds; return why not, or nothing."""


class Page:
    """The page of one gateway.

    Attributes:
        routes: What it serves.
    """

    def __init__(
        self,
        gateway: Gateway,
        about: Mapping[str, object],
        names: tuple[str, ...],
        pin_file: Path,
        monotonic: Callable[[], float],
    ) -> None:
        """Take what to show.

        Args:
            about: What never changes, e.g. the gateway's name.
            names: What it may be called beside its address.
        """
        self._gateway, self._about = gateway, dict(about)
        self.log = RecentLog()
        self._pin_file, self._monotonic = pin_file, monotonic
        host = socket.gethostname().lower()
        self._names = ("localhost", host, f"{host}.local", *names)
        self._tries = pin.Tries()
        self._body = _FILE.read_bytes()
        self._headers = _headers(self._body)
        self.routes: dict[str, Handler] = {
            "GET /": self._guarded(self._page),
            "GET /status.json": self._guarded(self._status),
            "GET /values.json": self._guarded(self._values),
            "GET /log.json": self._guarded(self._log),
            "POST /reload": self._guarded(self._reload),
            "POST /release": self._guarded(self._release),
        }

    def _guarded(self, handler: Handler) -> Handler:
        async def let_in(request: Request) -> Response:
            if not door.is_near(request.peer):
                raise ProblemError(403, "this page is for the local network only")
            if not door.is_ours(request.headers.get("host", ""), self._names):
                raise ProblemError(
                    421,
                    "the gateway is not known by this name; use its address, or add"
                    " the name to status_page.names",
                )
            response = await handler(request)
            headers = {**self._headers, **response.headers}
            return Response(
                response.status, response.body, response.content_type, headers
            )

        return let_in

    async def _page(self, request: Request) -> Response:
        del request
        return Response(200, self._body, "text/html; charset=utf-8")

    async def _status(self, request: Request) -> Response:
        del request
        figures = await self._gateway.status()
        can_change = self._pin_file.exists()
        return json_response({**figures, **self._about, "can_change": can_change})

    async def _values(self, request: Request) -> Response:
        wanted = parse_qs(request.query).get("device", [])
        answer = self._gateway.values(wanted)
        if "error" in answer:
            raise ProblemError(404, str(answer["error"]))
        return json_response(answer)

    async def _log(self, request: Request) -> Response:
        del request
        return json_response({"lines": self.log.newest_first()})

    async def _reload(self, request: Request) -> Response:
        await self._asked(request)
        return _done(self._gateway.reload(), "the gateway starts again")

    async def _release(self, request: Request) -> Response:
        match await self._asked(request):
            case {"device": str(device), "quantity": str(quantity)}:
                why_not = await self._gateway.release(device, quantity)
                return _done(why_not, f"{quantity} of {device} is let go")
        raise ProblemError(400, "device and quantity are missing")

    async def _asked(self, request: Request) -> Mapping[str, object]:
        """Return what is asked for by who may change something."""
        if not door.is_from_our_page(request.headers):
            raise ProblemError(403, "changes are made on the gateway's own page")
        asked, given = _order_in(request)
        await self._check(given)
        return asked

    async def _check(self, given: str) -> None:
        now = self._monotonic()
        wait_s = self._tries.wait_s(now)
        if wait_s > 0:
            words = f"too many wrong PINs; wait {wait_s:.0f} s"
            raise ProblemError(429, words, {"Retry-After": str(int(wait_s) + 1)})
        if not self._pin_file.exists():
            raise ProblemError(
                403, "no PIN is set; on the gateway, run: voltonic-gateway pin"
            )
        self._tries.begun(now)
        try:
            is_right = await asyncio.to_thread(pin.is_right, self._pin_file, given)
        except (OSError, ValueError) as error:
            raise ProblemError(403, f"the PIN cannot be checked: {error}") from error
        if not is_right:
            raise ProblemError(403, "this PIN is wrong")
        self._tries.was_right()


def _done(why_not: str, words: str) -> Response:
    if why_not:
        raise ProblemError(409, why_not)
    return json_response({"done": words})


def _order_in(request: Request) -> tuple[Mapping[str, object], str]:
    """Return what a request for a change says, and the PIN in it."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ProblemError(415, "send JSON")
    try:
        match json.loads(request.body):
            case {"pin": str(given), **asked}:
                return {str(name): value for name, value in asked.items()}, given
    except (ValueError, RecursionError):
        pass
    raise ProblemError(400, 'send {"pin": "…"}')


def _headers(body: bytes) -> dict[str, str]:
    """Return headers under which only what the page itself holds may run."""
    allowed: dict[str, list[str]] = {"script": [], "style": []}
    for kind, text in _INLINE.findall(body):
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        allowed[kind.decode()].append(f"'sha256-{digest}'")
    policy = (
        "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none';"
        f" frame-ancestors 'none'; script-src {' '.join(allowed['script'])};"
        f" style-src {' '.join(allowed['style'])}; img-src data:"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }

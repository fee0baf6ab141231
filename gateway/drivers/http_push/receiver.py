"""The port to which devices post: who they are, and what they are answered."""

import asyncio
import logging
from hashlib import sha256
from typing import Final

from gateway.driver import Surroundings
from gateway.drivers.http_push.body import FieldError, NoJsonError, posts
from gateway.drivers.http_push.book import ConflictError
from gateway.drivers.http_push.device import Figures, Port, PushDevice
from gateway.drivers.http_push.line import HttpPushLine, PushPlace
from gateway.http_server import (
    HttpServer,
    ProblemError,
    Request,
    Response,
    json_response,
)
from gateway.lines import DeviceSettings, LineDownError

_LOG: Final = logging.getLogger(__name__)
_MOST_KEY: Final = 80
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="voltonic"'}
_RETRY: Final = {"Retry-After": "10"}


class Receiver:
    """The connection of a line on which devices post."""

    def __init__(self, line: HttpPushLine, around: Surroundings) -> None:
        self._line, self._around = line, around
        self._devices: dict[bytes, PushDevice] = {}
        self._port = Port()
        routes = {
            "POST /api/hardware/data": self._data,
            "GET /api/hardware/status": self._status,
            "GET /api/hardware/config": self._config,
        }
        self._server = HttpServer(routes, line.host, line.port)

    @property
    def is_connected(self) -> bool:
        """Whether devices can post."""
        return self._server.is_serving

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens on."""
        return self._server.address

    async def connect(self) -> None:
        """Listen unless it does.

        Raises:
            LineDownError: The port is in use, or the address is not this machine's.
        """
        if self.is_connected:
            return
        try:
            await self._server.start()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise LineDownError(f"cannot listen on {self._line}: {reason}") from error
        self._port.opened_s = asyncio.get_running_loop().time()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def device(self, settings: DeviceSettings) -> PushDevice:
        """Return the device that posts with its key."""
        place = settings.place
        if not isinstance(place, PushPlace):
            raise TypeError(f"{settings.path} is no device that posts")
        device = PushDevice(self._line, settings, place, self._around, self._port)
        self._devices[place.key_sha256] = device
        return device

    async def _data(self, request: Request) -> Response:
        device = self._known(request)
        now = self._around.now()
        key = request.headers.get("idempotency-key", "")
        try:
            if len(key) > _MOST_KEY:
                raise FieldError(f"Idempotency-Key: longer than {_MOST_KEY} characters")
            found = posts(request.body, now)
            for each in found:
                if each.device_id not in ("", device.place.device_id):
                    raise FieldError("device_id: this key belongs to another device")
            accepted = await device.take(found, key, now)
        except (NoJsonError, FieldError) as error:
            device.complaint = str(error)
            status = 400 if isinstance(error, NoJsonError) else 422
            raise ProblemError(status, str(error)) from error
        except ConflictError as error:
            raise ProblemError(409, str(error)) from error
        except TimeoutError as error:
            words = "the gateway cannot store readings now; try again"
            raise ProblemError(503, words, _RETRY) from error
        known = len(found) - accepted
        answer = {
            "status": "success",
            "message": f"{accepted} taken, {known} known before",
            "accepted": accepted,
            "known": known,
            "server_time": int(now.timestamp()),
        }
        return json_response(answer, 201 if accepted else 200)

    async def _status(self, request: Request) -> Response:
        figures = Figures(self._known(request))
        return json_response(figures.status(self._around.now()))

    async def _config(self, request: Request) -> Response:
        figures = Figures(self._known(request))
        return json_response(figures.config(self._around.now()))

    def _known(self, request: Request) -> PushDevice:
        key = request.headers.get("x-api-key", "")
        if not key:
            scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
            key = bearer.strip() if scheme.lower() == "bearer" else ""
        device = self._devices.get(sha256(key.encode("latin-1")).digest())
        if device is not None:
            return device
        what = "a wrong key" if key else "no key"
        words = f"; {request.peer} came with {what}"
        if words != self._port.stranger:
            self._port.stranger = words
            _LOG.warning("%s on %s", words.removeprefix("; "), self._line)
        raise ProblemError(401, "send the device's key in X-API-Key", _CHALLENGE)

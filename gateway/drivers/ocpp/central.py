"""The gateway's end: a port where charge points connect, each known by its id."""

import asyncio
import base64
import hmac
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from gateway.drivers.ocpp.charge_point import Caller, ChargePoint
from gateway.drivers.ocpp.connector import Connector
from gateway.drivers.ocpp.line import LONGEST_ID, OcppLine, OcppPlace
from gateway.drivers.ocpp.station import MOST_BYTES, Station
from gateway.lines import DeviceSettings, LineDownError, NoAnswerError

_PROTOCOL: Final = Subprotocol("ocpp1.6")
_MOST_WAITING: Final = 8
_SPARE_CONNECTIONS: Final = 16
_MOST_STRANGERS: Final = 20
_PING_S: Final = 15.0
_CLOSE_WITHIN_S: Final = 2.0
_FOR_ITS_OWNER: Final = 0o077

_SILENT: Final = logging.getLogger("voltonic.websockets")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_SILENT.setLevel(logging.CRITICAL + 1)


class CentralSystem:
    """Charge points by id, and the port they connect to.

    Attributes:
        points: The configured ones; others are refused.
        now: The clock that charge points are given.
        strangers: Why others were refused, by the id they gave.
    """

    def __init__(self, line: OcppLine, now: Callable[[], datetime]) -> None:
        self.line = line
        self.points: dict[str, ChargePoint] = {}
        self.strangers: dict[str, str] = {}
        self.now = now
        self._passwords: dict[str, str] | None = None
        self._server: Server | None = None
        self._closing: Server | None = None
        self._dropping: set[asyncio.Task[None]] = set()

    @property
    def is_connected(self) -> bool:
        """Whether charge points can connect."""
        return self._server is not None and self._server.is_serving()

    async def connect(self) -> None:
        """Open the port unless it is open.

        Raises:
            LineDownError: It cannot be opened; the message says why.
        """
        if self.is_connected:
            return
        self.close()
        if self._closing is not None:
            await asyncio.wait(
                {asyncio.ensure_future(self._closing.wait_closed())},
                timeout=_CLOSE_WITHIN_S,
            )
            self._closing = None
        self._passwords = _passwords(self.line.password_file)
        try:
            self._server = await self._served()
        except OSError as error:
            raise LineDownError(
                f"cannot listen on {self.line}: {error.strerror or error}"
            ) from error

    def close(self) -> None:
        """Close the port and every connection."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            self._closing = server

    def device(self, settings: DeviceSettings) -> Connector:
        """Return the connector that the device is.

        Raises:
            TypeError: It is no charge point.
        """
        place = settings.place
        if not isinstance(place, OcppPlace):
            raise TypeError(f"{settings.path} is no charge point")
        point = self.points.get(place.charge_point)
        if point is None:
            point = self.points[place.charge_point] = ChargePoint(place.charge_point)
        return Connector(self, point, settings)

    def caller(self, name: str) -> Caller:
        """Return the connection of a charge point.

        Raises:
            NoAnswerError: It has none; the message says what to do, and who else tries.
        """
        point = self.points[name]
        if point.caller is not None:
            return point.caller
        words = [f"charge point {name} is not connected"]
        if point.complaint:
            words = [f"charge point {name} {point.complaint}"]
        words.append(f"it has to connect to ws://<gateway>:{self.line.port}/{name}")
        raise NoAnswerError("; ".join((*words, *self.strangers.values())))

    async def _served(self) -> Server:
        return await serve(
            self._meet,
            self.line.host,
            self.line.port,
            select_subprotocol=_chosen,
            compression=None,
            process_request=self._refusal,
            server_header=None,
            open_timeout=self.line.timeout_s,
            ping_interval=_PING_S,
            ping_timeout=_PING_S,
            close_timeout=1.0,
            max_size=MOST_BYTES,
            max_queue=_MOST_WAITING,
            logger=_SILENT,
        )

    async def _meet(self, socket: ServerConnection) -> None:
        """Serve one charge point for as long as it is connected."""
        point = self.points[_name(cast(Request, socket.request).path)]
        station = Station(point, socket, self.line.timeout_s, self.now)
        older = point.caller
        point.connected(station, self.now())
        if isinstance(older, Station):
            dropping = asyncio.create_task(older.drop())
            self._dropping.add(dropping)
            dropping.add_done_callback(self._dropping.discard)
        try:
            await station.serve()
        finally:
            point.disconnected(station)

    def _refusal(self, socket: ServerConnection, request: Request) -> Response | None:
        """Return why this connection is refused; None lets it in."""
        name = _name(request.path)
        if name not in self.points:
            return self._refuse(socket, name, "is not in the configuration", 404)
        offered = request.headers.get("Sec-WebSocket-Protocol", "")
        if offered and _PROTOCOL not in map(str.strip, offered.split(",")):
            return self._refuse(socket, name, f"speaks {offered[:40]} only", 400)
        if not self._knows(name, request.headers.get("Authorization", "")):
            return self._refuse(socket, name, "gives another password", 401)
        most = len(self.points) * 2 + _SPARE_CONNECTIONS
        if self._server is not None and len(self._server.connections) > most:
            return self._refuse(socket, name, "is one of too many at once", 503)
        self.strangers.pop(name, None)
        return None

    def _refuse(
        self, socket: ServerConnection, name: str, why: str, status: int
    ) -> Response:
        shown = name if name.isprintable() else repr(name)
        host = socket.remote_address[0] if socket.remote_address else "somewhere"
        if name in self.strangers or len(self.strangers) < _MOST_STRANGERS:
            self.strangers[name] = f'"{shown}" from {host} tries, but {why}'
        response = socket.respond(HTTPStatus(status), f"charge point {shown} {why}\n")
        if status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP"'
        return response

    def _knows(self, name: str, authorization: str) -> bool:
        if self._passwords is None:
            return True
        kind, _, encoded = authorization.partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True)
        except ValueError:
            return False
        known = self._passwords.get(name)
        if known is None or kind.lower() != "basic":
            return False
        return hmac.compare_digest(given, f"{name}:{known}".encode())


def _name(path: str) -> str:
    """Return the charge point's id: the last part of the path."""
    return unquote(urlsplit(path).path.rstrip("/").rpartition("/")[2])[: LONGEST_ID + 1]


def _chosen(
    _socket: ServerConnection, offered: Sequence[Subprotocol]
) -> Subprotocol | None:
    return _PROTOCOL if _PROTOCOL in offered else None


def _passwords(path: Path | None) -> dict[str, str] | None:
    """Return the password of each charge point; None where none is asked for.

    Raises:
        LineDownError: The file cannot be used.
    """
    if path is None:
        return None
    try:
        if path.stat().st_mode & _FOR_ITS_OWNER:
            raise LineDownError(f"others can read {path}; run chmod 600 {path}")
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LineDownError(f"{path} cannot be read: {error}") from error
    pairs = [line.partition(":") for line in lines if line.strip()]
    if not all(name and colon and password for name, colon, password in pairs):
        raise LineDownError(f"{path}: write a line id:password for each charge point")
    return {name.strip(): password.strip() for name, _, password in pairs}

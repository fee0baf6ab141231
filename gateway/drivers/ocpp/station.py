"""One connection of a charge point: its calls answered, and ours asked."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from ocpp import messages
from ocpp.exceptions import OCPPError
from ocpp.routing import on
from ocpp.v16 import ChargePoint as Protocol16
from ocpp.v16 import call_result
from ocpp.v16.enums import (
    Action,
    AuthorizationStatus,
    DataTransferStatus,
    RegistrationStatus,
)
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from contract.interval import to_ms
from gateway.drivers.ocpp import meter_values
from gateway.drivers.ocpp.charge_point import ChargePoint
from gateway.lines import NoAnswerError

HEARTBEAT_S: Final = 60
MOST_BYTES: Final = 65_536
"""Of one message."""

_MOST_TRANSACTION: Final = 2**31 - 1
_NO_MESSAGE: Final = "sends what is no OCPP message"

# The messages of this product are short: a thread each would cost more than it saves.
messages.ASYNC_VALIDATION = False

_SILENT: Final = logging.getLogger("voltonic.ocpp")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False
_SILENT.setLevel(logging.CRITICAL + 1)

_ACCEPTED: Final = {"status": AuthorizationStatus.accepted.value}
Fields = Any
"""What stands in a message: anything, as it is not checked against a schema."""


_Handler = TypeVar("_Handler", bound=Callable[..., object])


def _answers(action: Action) -> Callable[[_Handler], _Handler]:
    """Mark what answers a call; fields beyond the standard's do no harm."""
    return cast(Callable[[_Handler], _Handler], on(action, skip_schema_validation=True))


class Station(Protocol16):  # type: ignore[misc]
    """Takes what a charge point tells into its record; answers every call."""

    def __init__(
        self,
        point: ChargePoint,
        socket: ServerConnection,
        timeout_s: float,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(point.name, socket, timeout_s, _SILENT)
        self._point, self._now = point, now
        self._socket = socket

    async def serve(self) -> None:
        """Read messages until the connection ends."""
        try:
            async for message in self._socket:
                await self._take(message)
        except ConnectionClosed as error:
            if error.sent is not None and error.sent.code == CloseCode.MESSAGE_TOO_BIG:
                self._point.complaint = (
                    f"sends messages of more than {MOST_BYTES} bytes"
                )

    async def ask(self, payload: object) -> object:
        """Return the answer; None if the charge point does not know the question.

        Raises:
            NoAnswerError: It did not answer.
        """
        try:
            return cast(object, await self.call(payload, suppress=False))
        except (TimeoutError, ConnectionClosed) as error:
            raise NoAnswerError(f"charge point {self.id} does not answer") from error
        except (OCPPError, TypeError, ValueError, AttributeError, KeyError):
            return None

    async def drop(self) -> None:
        """End the connection: a newer one took its place."""
        await self._socket.close(1008, "another connection with this id")

    async def _take(self, message: str | bytes) -> None:
        point = self._point
        try:
            raw = json.loads(message)
        except (ValueError, RecursionError):
            point.complaint = _NO_MESSAGE
            return
        match raw:
            case [2, str(), str(action), dict()]:
                point.complaint = ""
                await self._answer(cast(str, message), action)
            case [3, str(), dict()] | [4, str(), *_] if self._call_lock.locked():
                await self.route_message(message)
            case [3 | 4, *_]:
                return  # nobody asked, or nobody waits any more
            case _:
                point.complaint = _NO_MESSAGE

    async def _answer(self, message: str, action: str) -> None:
        try:
            await self.route_message(message)
        except ConnectionClosed:
            raise
        except Exception:  # noqa: BLE001 (the library's, on what it did not expect)
            self._point.complaint = f"sends a {action[:40]} that cannot be understood"

    @_answers(Action.boot_notification)
    def _boot(self, **_fields: Fields) -> call_result.BootNotification:
        return call_result.BootNotification(
            self._instant(), HEARTBEAT_S, RegistrationStatus.accepted.value
        )

    @_answers(Action.heartbeat)
    def _heartbeat(self, **_fields: Fields) -> call_result.Heartbeat:
        return call_result.Heartbeat(self._instant())

    @_answers(Action.status_notification)
    def _status(
        self,
        connector_id: object = None,
        status: object = "",
        error_code: object = "",
        **_fields: Fields,
    ) -> call_result.StatusNotification:
        self._point.say(connector_id, status, error_code, self._now())
        return call_result.StatusNotification()

    @_answers(Action.meter_values)
    def _meter_values(
        self, connector_id: object = None, meter_value: object = None, **_fields: Fields
    ) -> call_result.MeterValues:
        came = meter_values.decode(meter_value, self._is_live)
        self._point.take(connector_id, came, self._now())
        return call_result.MeterValues()

    @_answers(Action.authorize)
    def _authorize(self, **_fields: Fields) -> call_result.Authorize:
        return call_result.Authorize(id_tag_info=dict(_ACCEPTED))

    @_answers(Action.start_transaction)
    def _start(
        self, connector_id: object = None, meter_start: object = None, **_fields: Fields
    ) -> call_result.StartTransaction:
        came = meter_values.energy(meter_start, "StartTransaction")
        self._point.take(connector_id, came, self._now())
        number = self._next_transaction()
        if isinstance(connector_id, int) and 0 <= connector_id <= 100:
            self._point.transactions[connector_id] = number
        return call_result.StartTransaction(number, dict(_ACCEPTED))

    @_answers(Action.stop_transaction)
    def _stop(
        self,
        transaction_id: object = None,
        meter_stop: object = None,
        transaction_data: object = None,
        **_fields: Fields,
    ) -> call_result.StopTransaction:
        running = self._point.transactions
        for connector in [key for key, it in running.items() if it == transaction_id]:
            del running[connector]
            came = meter_values.decode(transaction_data, self._is_live)
            self._point.take(connector, came, self._now())
            came = meter_values.energy(meter_stop, "StopTransaction")
            self._point.take(connector, came, self._now())
        return call_result.StopTransaction()

    @_answers(Action.data_transfer)
    def _data(self, **_fields: Fields) -> call_result.DataTransfer:
        return call_result.DataTransfer(DataTransferStatus.unknown_vendor_id.value)

    @_answers(Action.firmware_status_notification)
    def _firmware(self, **_fields: Fields) -> call_result.FirmwareStatusNotification:
        return call_result.FirmwareStatusNotification()

    @_answers(Action.diagnostics_status_notification)
    def _diagnostics(
        self, **_fields: Fields
    ) -> call_result.DiagnosticsStatusNotification:
        return call_result.DiagnosticsStatusNotification()

    def _is_live(self, timestamp: object) -> bool:
        return self._point.lag.is_live(timestamp, self._now())

    def _instant(self) -> str:
        return f"{self._now():%Y-%m-%dT%H:%M:%S}Z"

    def _next_transaction(self) -> int:
        """Return a number that no transaction has, also after a restart."""
        newest = max(self._point.transactions.values(), default=0)
        return max(to_ms(self._now()) // 1000, newest + 1) % _MOST_TRANSACTION

"""A charge point: boots, measures, charges a car, and obeys charging profiles.

Written from the OCPP 1.6 JSON specification, with nothing but JSON and a web socket.
"""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final, cast

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from firmware_sim.charging import Limits, limited, samples
from firmware_sim.faults import Fault

DROPOUT: Final = "dropout"
GARBAGE: Final = "garbage"
HUGE: Final = "huge"
WRONG_MESSAGE: Final = "wrong_message"
BACKWARDS_CLOCK: Final = "backwards_clock"
TWIN: Final = "twin"
STUCK: Final = "stuck"
TRIPPED: Final = "tripped"
FAULTS: Final = (
    *(DROPOUT, GARBAGE, HUGE, WRONG_MESSAGE),
    *(BACKWARDS_CLOCK, TWIN, STUCK, TRIPPED),
)

_AGAIN_S: Final = 0.5
_ANSWER_S: Final = 5.0
_HUGE: Final = "[2," + " " * 300_000 + "]"
_WRONG: Final = (
    '[2,"w1","MakeCoffee",{"cups":2}]',
    '[2,"w2","MeterValues",[1,2]]',
    '[2,"w3","MeterValues",{"connectorId":"one","meterValue":{"sampledValue":7}}]',
    '[3,"nobody asked",{}]',
    "[9]",
    "{}",
)

Values = Callable[[int], Mapping[str, float]]
"""What its meter shows at an instant, by quantity. [ms since 1970 UTC]"""


class ChargePoint:
    """One charge point with one connector, where a car always wants to charge.

    Attributes:
        limits: The charging profiles that the other end set.
        refused: Why the last connection was refused; empty if it was not.
        received: The calls that came, newest last.
    """

    def __init__(
        self,
        identity: str,
        values: Values,
        *,
        password: str = "",
        interval_s: float = 5.0,
        knows_triggers: bool = True,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.identity = identity
        self.limits = Limits()
        self.refused = ""
        self.received: list[tuple[str, Mapping[str, object]]] = []
        self._values, self._clock = values, clock
        self._password, self._interval_s = password, interval_s
        self._knows_triggers = knows_triggers
        self._faults: frozenset[str] = frozenset()
        self._stuck: Mapping[str, float] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._numbers = count(1)
        self._waiting: dict[str, asyncio.Future[object]] = {}
        self._transaction: object = None
        self._said = ""

    def set_faults(self, faults: Sequence[Fault]) -> None:
        """Have exactly these faults.

        Raises:
            ValueError: No charge point has such a fault.
        """
        kinds = frozenset(fault.kind for fault in faults)
        if unknown := kinds - set(FAULTS):
            raise ValueError(f"no charge point has {', '.join(sorted(unknown))}")
        self._stuck = self.truth()
        self._faults = kinds

    def truth(self, at_ms: int | None = None) -> dict[str, float]:
        """Return what it measures, under the limit in force."""
        at_ms = self._clock() if at_ms is None else at_ms
        if STUCK in self._faults:
            return dict(self._stuck)
        shown = limited(self._values(at_ms), self.limits.amperes(at_ms))
        return {**shown, "switch": float(shown.get("active_power_kw", 0) > 0)}

    async def start(self, url: str) -> None:
        """Connect to `url` below which charge points have their ids; keep trying."""
        self._tasks = [
            asyncio.create_task(self._stay_connected(url)),
            asyncio.create_task(self._stay_connected(url, is_twin=True)),
        ]

    async def stop(self) -> None:
        """Disconnect, as if it were switched off."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _stay_connected(self, url: str, *, is_twin: bool = False) -> None:
        """Connect again and again; a twin only while there is that fault."""
        while True:
            if DROPOUT not in self._faults and (not is_twin or TWIN in self._faults):
                await self._once(url)
            await asyncio.sleep(_AGAIN_S)

    async def _once(self, url: str) -> None:
        """Be connected until either end has enough."""
        headers = {}
        if self._password:
            word = base64.b64encode(f"{self.identity}:{self._password}".encode())
            headers["Authorization"] = f"Basic {word.decode()}"
        try:
            async with connect(
                f"{url.rstrip('/')}/{self.identity}",
                subprotocols=[Subprotocol("ocpp1.6")],
                additional_headers=headers,
                compression=None,
                proxy=None,
                close_timeout=0.2,
            ) as socket:
                self.refused = ""
                await self._talk(socket)
        except InvalidHandshake as error:
            self.refused = str(error)
        except (OSError, ConnectionClosed, TimeoutError):
            return

    async def _talk(self, socket: ClientConnection) -> None:
        listening = asyncio.create_task(self._listen(socket))
        try:
            await self._report(socket, listening)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _report(
        self, socket: ClientConnection, listening: asyncio.Task[None]
    ) -> None:
        """Boot, begin to charge, and send meter values until the connection ends."""
        has_booted = False
        while not listening.done() and DROPOUT not in self._faults:
            if self._faults & {GARBAGE, HUGE, WRONG_MESSAGE}:
                await self._misbehave(socket)
            elif not has_booted:
                has_booted = await self._boot(socket)
            else:
                await self._status(socket)
                await self._measured(socket)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(self._interval_s, 1.0)):
                    await asyncio.shield(listening)

    async def _boot(self, socket: ClientConnection) -> bool:
        fields = {"chargePointVendor": "Voltonic", "chargePointModel": "Simulated"}
        if await self._call(socket, "BootNotification", fields) is None:
            return False
        self._said = ""
        self._transaction = None
        await self._status(socket)
        started = await self._call(
            socket,
            "StartTransaction",
            {
                "connectorId": 1,
                "idTag": "CAR1",
                "meterStart": round(self.truth().get("energy_import_kwh", 0) * 1000),
                "timestamp": self._instant(),
            },
        )
        if isinstance(started, dict):
            self._transaction = started.get("transactionId")
        await self._measured(socket)
        return True

    async def _status(self, socket: ClientConnection) -> None:
        """Say how the connector is, if that is new."""
        state = "Charging" if self.truth()["switch"] else "SuspendedEVSE"
        code = "NoError"
        if TRIPPED in self._faults:
            state, code = "Faulted", "GroundFailure"
        if state == self._said:
            return
        fields = {"connectorId": 1, "status": state, "errorCode": code}
        if await self._call(socket, "StatusNotification", fields) is not None:
            self._said = state

    async def _measured(self, socket: ClientConnection) -> None:
        value = {"timestamp": self._instant(), "sampledValue": samples(self.truth())}
        fields: dict[str, object] = {"connectorId": 1, "meterValue": [value]}
        if self._transaction is not None:
            fields["transactionId"] = self._transaction
        await self._call(socket, "MeterValues", fields)

    async def _misbehave(self, socket: ClientConnection) -> None:
        if GARBAGE in self._faults:
            await socket.send("\x01 no JSON \x02{[")
        if HUGE in self._faults:
            await socket.send(_HUGE)
        if WRONG_MESSAGE in self._faults:
            for message in _WRONG:
                await socket.send(message)

    async def _call(
        self, socket: ClientConnection, action: str, fields: Mapping[str, object]
    ) -> object:
        """Send a call and return its answer; None if there is none, or an error."""
        name = f"{self.identity}-{next(self._numbers)}"
        answer = self._waiting[name] = asyncio.get_running_loop().create_future()
        try:
            await socket.send(json.dumps([2, name, action, fields]))
            async with asyncio.timeout(_ANSWER_S):
                return await answer
        except TimeoutError:
            return None
        finally:
            del self._waiting[name]

    async def _listen(self, socket: ClientConnection) -> None:
        measuring: asyncio.Task[None] | None = None
        with suppress(ConnectionClosed):
            async for message in socket:
                match json.loads(message):
                    case [2, str(name), str(action), dict(fields)]:
                        self.received.append((action, fields))
                        answer = self._answer(action, fields)
                        reply: list[object] = [3, name, answer]
                        if answer is None:
                            reply = [4, name, "NotImplemented", "", {}]
                        await socket.send(json.dumps(reply))
                        if action == "TriggerMessage" and answer is not None:
                            measuring = asyncio.create_task(self._measured(socket))
                    case [3, str(name), answer] if name in self._waiting:
                        self._settle(name, answer)
                    case [4, str(name), *_] if name in self._waiting:
                        self._settle(name, None)
        if measuring is not None:
            measuring.cancel()
            await asyncio.gather(measuring, return_exceptions=True)

    def _settle(self, name: str, answer: object) -> None:
        if not self._waiting[name].done():
            self._waiting[name].set_result(answer)

    def _answer(
        self, action: str, fields: Mapping[str, object]
    ) -> Mapping[str, object] | None:
        """Return the answer to a call; None if it does not know the action."""
        match action:
            case "TriggerMessage" if self._knows_triggers:
                return {"status": "Accepted"}
            case "SetChargingProfile":
                profile = cast(Mapping[str, object], fields["csChargingProfiles"])
                return {"status": self.limits.set(profile, self._clock())}
            case "ClearChargingProfile":
                return {"status": self.limits.clear(fields.get("id"))}
            case "GetCompositeSchedule":
                return self.limits.composite(fields, self._clock())
        return None

    def _instant(self) -> str:
        """Return its own clock: it runs also while the values stand still."""
        now = datetime.fromtimestamp(time.time(), UTC)
        if BACKWARDS_CLOCK in self._faults:
            now = datetime(2030, 1, 1, tzinfo=UTC) - timedelta(
                hours=next(self._numbers)
            )
        return f"{now:%Y-%m-%dT%H:%M:%S}Z"

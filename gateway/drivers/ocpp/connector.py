"""A connector of a charge point as a device: what it told, and asked for when old."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final, Protocol

from ocpp.v16 import call
from ocpp.v16.enums import MessageTrigger

from contract.quantity import Quantity
from contract.reading import Quality, Reading
from gateway.driver import Poll, Shown
from gateway.drivers.ocpp.charge_point import Caller, ChargePoint, Heard
from gateway.drivers.ocpp.line import OcppPlace
from gateway.lines import DeviceError, DeviceSettings, NoAnswerError

_CHARGING: Final = "Charging"
_ARRIVES_WITHIN_S: Final = 2.0


class Callers(Protocol):
    """Who knows the connections of charge points."""

    def caller(self, name: str) -> Caller:
        """Return the connection of a charge point.

        Raises:
            NoAnswerError: It has none.
        """


class Connector:
    """One connector."""

    def __init__(
        self, callers: Callers, point: ChargePoint, settings: DeviceSettings
    ) -> None:
        self._callers, self._point = callers, point
        place = settings.place
        self._number = place.connector if isinstance(place, OcppPlace) else 0
        self._entry = settings.entry
        simulated = settings.entry.simulated
        self._quality = Quality.SIMULATED if simulated else Quality.MEASURED
        self._last: dict[Quantity, datetime] = {}
        self._asking: asyncio.Task[None] | None = None

    async def poll(self, now: Callable[[], datetime]) -> Poll:
        """Return what came since the last poll; asks for more where nothing did.

        Raises:
            NoAnswerError: It is not connected.
            DeviceError: What it sends cannot be used.
        """
        point = self._point
        caller = self._callers.caller(point.name)
        if point.is_contested(now()):
            raise DeviceError(
                f"two charge points connect with the id {point.name}; give each its own"
            )
        if point.complaint:
            raise DeviceError(f"charge point {point.name} {point.complaint}")
        heard = self._heard()
        fresh = [
            (quantity, each)
            for quantity, each in heard.items()
            if quantity in self._entry.quantities
            and (quantity not in self._last or each.at > self._last[quantity])
        ]
        self._last |= {quantity: each.at for quantity, each in fresh}
        if not fresh and point.is_triggered:
            self._ask_for_values(caller)
        readings = [
            Reading(self._entry.point(name), each.at, each.sampled.value, self._quality)
            for name, each in fresh
        ]
        readings += self._switch(now())
        refused = [*point.refused.get(self._number, ())]
        return Poll(readings, refused + point.faults(self._number))

    async def inspect(self, now: Callable[[], datetime]) -> list[Shown]:
        """Return every value heard, also of quantities that are not taken.

        Raises:
            DeviceError: None was heard.
        """
        del now  # each value has its own instant
        await self._until(lambda: self._point.caller is not None)
        caller = self._callers.caller(self._point.name)
        if not self._heard():
            await self._trigger(caller)
            await self._until(lambda: bool(self._heard()))
        rows = [
            Shown(
                quantity,
                each.sampled.value,
                each.sampled.source,
                each.sampled.raw,
                each.at,
            )
            for quantity, each in self._heard().items()
        ]
        status = self._point.statuses.get(self._number)
        if status is not None:
            is_on = float(status.state == _CHARGING)
            rows.append(
                Shown(Quantity.SWITCH, is_on, "status", status.state, status.at)
            )
        if not rows:
            raise DeviceError(
                f"charge point {self._point.name} is connected, but has not sent any"
                " values yet"
            )
        return rows

    def _heard(self) -> dict[Quantity, Heard]:
        return self._point.heard.get(self._number, {})

    def _switch(self, at: datetime) -> list[Reading]:
        """Return whether it charges, which it tells only when that changes."""
        status = self._point.statuses.get(self._number)
        if status is None or Quantity.SWITCH not in self._entry.quantities:
            return []
        point = self._entry.point(Quantity.SWITCH)
        return [Reading(point, at, float(status.state == _CHARGING), self._quality)]

    def _ask_for_values(self, caller: Caller) -> None:
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._trigger(caller))

    async def _trigger(self, caller: Caller) -> None:
        """Ask for meter values; they come as a message of their own."""
        connector = self._number or None
        try:
            answer = await caller.ask(
                call.TriggerMessage(MessageTrigger.meter_values, connector)
            )
        except NoAnswerError:
            return
        status = getattr(answer, "status", None)
        if status in (None, "NotImplemented"):
            self._point.is_triggered = False

    async def _until(self, came: Callable[[], bool]) -> None:
        """Return when it came, or after the time that takes at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ARRIVES_WITHIN_S):
                while not came():  # noqa: ASYNC110 (a technician waits, no loop)
                    await asyncio.sleep(0.05)

"""Setpoints into objects of BACnet devices, each at a priority that is given up again.

BACnet keeps what each of sixteen priorities wants; the highest that wants anything
rules. A setpoint that does not rule is taken back at once, so that it cannot come into
force later, when nobody expects it.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.bacnet import content
from gateway.drivers.bacnet.content import NULL, PRESENT_VALUE, PRIORITY_ARRAY, Item
from gateway.drivers.bacnet.controller import Controller
from gateway.drivers.bacnet.line import BacnetObject
from gateway.drivers.bacnet.network import Network
from gateway.drivers.bacnet.refusal import RefusedError
from gateway.lines import DeviceError, DeviceSettings
from gateway.meters import Control
from gateway.telegram import TelegramError

_GIVEN_UP: Final = Item(NULL, b"")
_LOOKS: Final = 5
_BETWEEN_LOOKS_S: Final = 0.2
_PRIORITIES: Final = 16
_NAMES: Final[Mapping[int, str]] = {
    1: " (manual life safety)",
    2: " (automatic life safety)",
    5: " (critical equipment)",
    6: " (minimum on and off times)",
    8: " (manual operator)",
}


class BacnetWriter:
    """The setpoints of one control of a device."""

    def __init__(
        self, network: Network, device: DeviceSettings, control: Control
    ) -> None:
        self._network = network
        self._device = device
        self._quantities = [each.quantity for each in control.setpoints]
        self._controller = Controller(network, device)

    async def hold(
        self,
        values: Mapping[Quantity, float],
        lease: timedelta,  # noqa: ARG002 (no device ends it)
    ) -> None:
        """Write every setpoint at our priority and see that it rules.

        Raises:
            DeviceError: It was refused, or a higher priority rules; nothing is left.
        """
        where = await self._reach()
        for quantity in self._quantities:
            each = self._object(quantity)
            item = self._item(quantity, each, values[quantity])
            await self._write(where, each, item)
            why = await self._why_not_ruling(where, each, item)
            if why:
                await self._give_up(where, each)
                raise DeviceError(f"{quantity}: {why}")

    async def release(self, back: Mapping[Quantity, float]) -> Mapping[Quantity, float]:
        """Give our priority up; the device decides what rules then.

        Objects without priorities are written what they were before.

        Raises:
            DeviceError: It was refused.
        """
        where = await self._reach()
        shown = {}
        for quantity in self._quantities:
            each = self._object(quantity)
            if await self._priorities(where, each) is not None:
                await self._write(where, each, _GIVEN_UP)
            elif quantity in back:
                item = self._item(quantity, each, back[quantity])
                await self._write(where, each, item)
                shown[quantity] = back[quantity]
        return shown

    async def read_back(self) -> Mapping[Quantity, float]:
        """Return what the objects show now.

        Raises:
            DeviceError: They could not be read, or report a fault.
        """
        where = await self._reach()
        try:
            return await self._controller.values(where, self._quantities)
        except TelegramError as error:
            raise DeviceError(str(error)) from error

    async def _reach(self) -> str:
        """Return where the device is now; where it was may be another one since."""
        self._controller = Controller(self._network, self._device)
        return await self._controller.reach()

    def _object(self, quantity: Quantity) -> BacnetObject:
        each = self._controller.place.objects[quantity]
        if each.low is None or each.high is None:
            raise DeviceError(f"{quantity}: {each} is not to be written")
        return each

    def _item(self, quantity: Quantity, each: BacnetObject, value: float) -> Item:
        factor, offset = self._controller.conversion(quantity)
        try:
            return content.written((value - offset) / factor, each.kind)
        except (ValueError, OverflowError) as error:
            raise DeviceError(f"{quantity}: {error}") from error

    async def _write(self, where: str, each: BacnetObject, item: Item) -> None:
        priority = self._controller.place.priority
        await self._network.stack.write(where, each.identity, item, priority)

    async def _give_up(self, where: str, each: BacnetObject) -> None:
        if await self._priorities(where, each) is not None:
            await self._write(where, each, _GIVEN_UP)

    async def _why_not_ruling(self, where: str, each: BacnetObject, item: Item) -> str:
        """Return why the object does not show what was written, or nothing."""
        wanted = content.number_in(item)
        held = None
        for _ in range(_LOOKS):
            try:
                read = await self._network.stack.read(
                    where, each.identity, PRESENT_VALUE
                )
                held = content.number(read)
            except TelegramError as error:
                return str(error)
            if held is not None and wanted is not None and _is_same(held, wanted):
                return ""
            higher = _higher(
                await self._priorities(where, each), self._controller.place.priority
            )
            if higher:
                return higher
            await asyncio.sleep(_BETWEEN_LOOKS_S)
        shown = "nothing" if held is None else f"{held:g}"
        return f"the device confirmed {wanted:g} and shows {shown}"

    async def _priorities(
        self, where: str, each: BacnetObject
    ) -> list[float | None] | None:
        """Return what each priority wants; None where there are no priorities."""
        try:
            read = await self._network.stack.read(where, each.identity, PRIORITY_ARRAY)
            found = [content.number_in(item) for item in read]
        except RefusedError:
            return None
        except TelegramError as error:
            raise DeviceError(str(error)) from error
        if len(found) != _PRIORITIES:
            raise DeviceError(f"the device has {len(found)} priorities, not sixteen")
        return found


def _higher(wants: list[float | None] | None, ours: int) -> str:
    """Return which higher priority rules, in words, or nothing."""
    for number, wanted in enumerate((wants or [])[: ours - 1], start=1):
        if wanted is not None:
            name = _NAMES.get(number, "")
            return f"priority {number}{name} holds it at {wanted:g}, above our {ours}"
    return ""


def _is_same(held: float, wanted: float) -> bool:
    return abs(held - wanted) <= 1e-3 * max(1.0, abs(wanted))

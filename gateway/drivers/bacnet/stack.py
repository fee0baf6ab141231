"""bacpypes3 behind a small door: requests go out, plain values come in.

The library matches answers by address and number; that they are about what was asked
is checked here, because it does not.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import bacpypes3.apdu as wire  # type: ignore[import-untyped]  # it has no marker
from bacpypes3.basetypes import (  # type: ignore[import-untyped]  # as above
    PropertyReference,
    ReadAccessSpecification,
)
from bacpypes3.pdu import (  # type: ignore[import-untyped]  # as above
    Address,
    GlobalBroadcast,
)
from bacpypes3.primitivedata import (  # type: ignore[import-untyped]  # as above
    ApplicationTag,
    Double,
    Enumerated,
    Integer,
    Null,
    ObjectIdentifier,
    PropertyIdentifier,
    Real,
    TagList,
    Unsigned,
)

from gateway.drivers.bacnet import content
from gateway.drivers.bacnet.content import Content, Item
from gateway.drivers.bacnet.line import BacnetLine
from gateway.drivers.bacnet.link import Sockets
from gateway.drivers.bacnet.node import Changed, Met, Node, items, node, register
from gateway.drivers.bacnet.node import object_id as plain
from gateway.drivers.bacnet.refusal import RefusedError, Way
from gateway.drivers.bacnet.values import Key, ObjectId, Results
from gateway.lines import DeviceError, LineDownError, NoAnswerError

_NO_RESPONSE: Final = 65
_GRACE_S: Final = 0.1
_ELEMENTS: Final[Mapping[int, Any]] = {
    content.NULL: Null,
    content.UNSIGNED: Unsigned,
    content.INTEGER: Integer,
    content.REAL: Real,
    content.DOUBLE: Double,
    content.ENUMERATED: Enumerated,
}

ANY_DEVICE: Final = (content.DEVICE, 4_194_303)
"""Stands for whatever device is asked."""


class Stack:
    """The gateway's own node on a BACnet/IP network."""

    def __init__(self, line: BacnetLine, met: Met, changed: Changed) -> None:
        self.line = line
        self._met = met
        self._changed = changed
        self._sockets = Sockets(line)
        self._node: Node | None = None

    @property
    def is_open(self) -> bool:
        """Whether something can be sent."""
        return self._sockets.is_open

    async def open(self) -> None:
        """Take our place on the network.

        Raises:
            LineDownError: It cannot be taken; the message says why.
        """
        own = await self._sockets.open()
        made = node(self.line, self._sockets, own)
        made.met, made.changed = self._met, self._changed
        self._node = made

    def close(self) -> None:
        """Leave the network."""
        if self._node is not None and self.line.foreign is not None:
            self._node.link.unregister()
        self._sockets.close()

    def who_is(self, instance: int) -> None:
        """Ask all for the device with this number; it introduces itself.

        Raises:
            LineDownError: The line is closed.
        """
        request = wire.WhoIsRequest(destination=GlobalBroadcast())
        request.deviceInstanceRangeLowLimit = instance
        request.deviceInstanceRangeHighLimit = instance
        made = self._open_node()
        register(made, self.line)
        made.request(request)

    async def read(self, where: str, name: ObjectId, prop: int) -> Content:
        """Return what a property holds.

        Raises:
            DeviceError: The device did not tell it.
        """
        request = wire.ReadPropertyRequest(
            objectIdentifier=ObjectIdentifier(name),
            propertyIdentifier=PropertyIdentifier(prop),
        )
        answer = await self._ask(where, request)
        if not isinstance(answer, wire.ReadPropertyACK):
            raise DeviceError("the device answered something else than a value")
        told = plain(answer.objectIdentifier), int(answer.propertyIdentifier)
        if name == ANY_DEVICE:
            told = ANY_DEVICE, told[1]
        if told != (name, prop) or answer.propertyArrayIndex is not None:
            raise DeviceError("the device answered about another object")
        return items(answer.propertyValue)

    async def read_many(self, where: str, keys: Sequence[Key]) -> Results:
        """Return what several properties hold, asked in one request.

        Raises:
            DeviceError: The device did not tell any.
        """
        wanted: dict[ObjectId, list[PropertyReference]] = {}
        for name, prop in keys:
            reference = PropertyReference(propertyIdentifier=PropertyIdentifier(prop))
            wanted.setdefault(name, []).append(reference)
        request = wire.ReadPropertyMultipleRequest(
            listOfReadAccessSpecs=[
                ReadAccessSpecification(
                    objectIdentifier=ObjectIdentifier(name),
                    listOfPropertyReferences=references,
                )
                for name, references in wanted.items()
            ]
        )
        answer = await self._ask(where, request)
        if not isinstance(answer, wire.ReadPropertyMultipleACK):
            raise DeviceError("the device answered something else than values")
        results = _results(answer)
        if set(results) != set(keys):
            raise DeviceError("the device answered about other objects")
        return results

    async def write(
        self, where: str, name: ObjectId, value: Item, priority: int
    ) -> None:
        """Write the present value of an object; Null gives the priority up.

        Raises:
            DeviceError: The device did not confirm it.
        """
        tag = ApplicationTag(value.kind, value.data)
        request = wire.WritePropertyRequest(
            objectIdentifier=ObjectIdentifier(name),
            propertyIdentifier=PropertyIdentifier(content.PRESENT_VALUE),
            propertyValue=_ELEMENTS[value.kind].decode(TagList([tag])),
            priority=priority,
        )
        await self._confirmed(where, request)

    async def subscribe(
        self, where: str, name: ObjectId, process: int, terms: tuple[bool, int]
    ) -> None:
        """Ask to be told of changes of an object.

        Args:
            terms: Whether each is to be acknowledged, and for how many seconds.

        Raises:
            DeviceError: The device did not confirm it.
        """
        confirmed, lifetime_s = terms
        request = wire.SubscribeCOVRequest(
            subscriberProcessIdentifier=process,
            monitoredObjectIdentifier=ObjectIdentifier(name),
            issueConfirmedNotifications=confirmed,
            lifetime=lifetime_s,
        )
        await self._confirmed(where, request)

    async def _confirmed(self, where: str, request: Any) -> None:
        answer = await self._ask(where, request)
        if not isinstance(answer, wire.SimpleAckPDU):
            raise DeviceError("the device answered without confirming")

    async def _ask(self, where: str, request: Any) -> Any:
        made = self._open_node()
        address = Address(where)
        request.pduDestination = address
        heard = self._sockets.heard(address)
        try:
            async with asyncio.timeout(self.line.timeout_s + _GRACE_S):
                answer = await made.request(request)
        except TimeoutError:
            raise self._silence(address, heard) from None
        except wire.ErrorRejectAbortNack as nack:
            if isinstance(nack, wire.AbortPDU) and _reason(nack) == _NO_RESPONSE:
                raise self._silence(address, heard) from None
            raise _refusal(nack) from None
        if int(getattr(answer, "apduService", -1)) != request.service_choice:
            raise DeviceError("the device answered to another request")
        return answer

    def _silence(self, address: Any, heard: int) -> NoAnswerError:
        if self._sockets.heard(address) > heard:
            return NoAnswerError("what the device sends is no usable BACnet answer")
        return NoAnswerError(f"no answer within {self.line.timeout_s:g} s")

    def _open_node(self) -> Node:
        if self._node is None or not self.is_open:
            raise LineDownError(f"{self.line} is closed")
        return self._node


def canonical(host: str, port: int) -> str:
    """Return an address as the stack names the sender of what comes from there."""
    return str(Address(f"{host}:{port}"))


def _results(answer: Any) -> Results:
    results: Results = {}
    for each in answer.listOfReadAccessResults:
        name = plain(each.objectIdentifier)
        for element in each.listOfResults:
            key = name, int(element.propertyIdentifier)
            result = element.readResult
            if element.propertyArrayIndex is not None:
                continue
            if result.propertyAccessError is not None:
                code = int(result.propertyAccessError.errorCode)
                results[key] = RefusedError(Way.ERROR, code)
            else:
                results[key] = items(result.propertyValue)
    return results


def _refusal(nack: Any) -> RefusedError:
    if isinstance(nack, wire.RejectPDU):
        return RefusedError(Way.REJECT, _reason(nack))
    if isinstance(nack, wire.AbortPDU):
        return RefusedError(Way.ABORT, _reason(nack))
    return RefusedError(Way.ERROR, int(getattr(nack, "errorCode", None) or 0))


def _reason(nack: Any) -> int:
    return int(nack.apduAbortRejectReason or 0)

"""The gateway as a node of bacpypes3: others may find and read it, none may write."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

import bacpypes3.apdu as wire  # type: ignore[import-untyped]  # it has no marker
from bacpypes3.app import Application  # type: ignore[import-untyped]  # as above
from bacpypes3.comm import bind  # type: ignore[import-untyped]  # as above
from bacpypes3.errors import (  # type: ignore[import-untyped]  # as above
    ServicesError,
    UnrecognizedService,
)
from bacpypes3.ipv4.bvll import BVLLCodec  # type: ignore[import-untyped]  # as above
from bacpypes3.ipv4.service import (  # type: ignore[import-untyped]  # as above
    BIPForeign,
    BIPNormal,
    UDPMultiplexer,
)
from bacpypes3.local.device import (  # type: ignore[import-untyped]  # as above
    DeviceObject,
)
from bacpypes3.pdu import IPv4Address  # type: ignore[import-untyped]  # as above
from bacpypes3.primitivedata import TagClass  # type: ignore[import-untyped]  # as above

from gateway.drivers.bacnet.content import BOOLEAN, Content, Item
from gateway.drivers.bacnet.line import BacnetLine
from gateway.drivers.bacnet.link import Sockets
from gateway.drivers.bacnet.values import ObjectId

MOST_ITEMS: Final = 64
_NO_ITEM: Final = -1

Met = Callable[[int, str], None]
"""Takes the instance of a device that introduced itself, and where it is."""

Changed = Callable[[str, int, ObjectId, Mapping[int, Content]], bool]
"""Takes sender, process, object and properties; returns whether it wanted them."""

# Its messages repeat each cycle what our own health already says once.
logging.getLogger("bacpypes3").setLevel(logging.CRITICAL + 1)


class Node(Application):  # type: ignore[misc]  # the library carries no types
    """What the library calls when somebody on the network speaks to us."""

    met: Met
    changed: Changed
    link: Any

    async def do_IAmRequest(self, apdu: Any) -> None:  # noqa: N802 (the library's name)
        """Hear that a device is there."""
        self.met(int(apdu.iAmDeviceIdentifier[1]), str(apdu.pduSource))

    async def do_UnconfirmedCOVNotificationRequest(  # noqa: N802 (as above)
        self, apdu: Any
    ) -> None:
        """Hear of a change."""
        self._told(apdu)

    async def do_ConfirmedCOVNotificationRequest(  # noqa: N802 (as above)
        self, apdu: Any
    ) -> None:
        """Hear of a change and say so, if it was wanted."""
        if not self._told(apdu):
            raise ServicesError(errorCode="unknownSubscription")
        await self.response(wire.SimpleAckPDU(context=apdu))

    def _told(self, apdu: Any) -> bool:
        values = {
            int(each.propertyIdentifier): items(each.value)
            for each in list(apdu.listOfValues)[:MOST_ITEMS]
        }
        process = int(apdu.subscriberProcessIdentifier)
        name = object_id(apdu.monitoredObjectIdentifier)
        return self.changed(str(apdu.pduSource), process, name, values)

    async def _refused(self, apdu: Any) -> None:
        raise UnrecognizedService(f"{type(apdu).__name__} is not for a gateway")

    do_WritePropertyRequest = _refused  # noqa: N815 (as above)
    do_WritePropertyMultipleRequest = _refused  # noqa: N815 (as above)
    do_SubscribeCOVRequest = _refused  # noqa: N815 (as above)
    do_ReadRangeRequest = _refused  # noqa: N815 (as above)


def node(line: BacnetLine, sockets: Sockets, own: Any) -> Node:
    """Return our node above open sockets; `own` is where others find it."""
    device = DeviceObject(
        objectIdentifier=("device", line.device_instance),
        objectName=f"gateway-{line.device_instance}",
        maxApduLengthAccepted=1476,
        segmentationSupported="noSegmentation",
        vendorIdentifier=999,
        apduTimeout=int(line.timeout_s * 500),
        numberOfApduRetries=1,
    )
    made: Node = Node.from_object_list([device])
    made.link = BIPNormal() if line.foreign is None else BIPForeign()
    multiplexer = UDPMultiplexer()
    bind(made.link, BVLLCodec(), multiplexer.annexJ)
    bind(multiplexer, sockets)
    made.nsap.bind(made.link, address=own)
    register(made, line)
    return made


def register(made: Node, line: BacnetLine) -> None:
    """Register as a foreign device, unless we are or there is nowhere to.

    The library renews it, but gives up for good when the BBMD was away for long.
    """
    if line.foreign is not None:
        bbmd = IPv4Address(f"{line.foreign.host}:{line.foreign.port}")
        made.link.register(bbmd, int(line.foreign.ttl.total_seconds()))


def object_id(name: Any) -> ObjectId:
    """Return type and instance as plain numbers."""
    return int(name[0]), int(name[1])


def items(value: Any) -> list[Item]:
    """Return the plain values in something tagged; what is not plain is no number."""
    found = []
    for tag in list(value.tagList or ())[: MOST_ITEMS + 2]:
        if tag.tag_class == TagClass.application:
            kind = int(tag.tag_number)
            data = bytes([tag.tag_lvt]) if kind == BOOLEAN else bytes(tag.tag_data)
            found.append(Item(kind, data))
        elif tag.tag_class == TagClass.context:
            found.append(Item(_NO_ITEM, b""))
    return found

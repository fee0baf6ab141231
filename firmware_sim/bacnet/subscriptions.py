"""Who wants to hear of a change of value, for how long, and what they heard last."""

from dataclasses import dataclass
from typing import Final

from firmware_sim.bacnet import tags
from firmware_sim.bacnet.points import Code, Point, Prop, RefusalError, Type
from firmware_sim.bacnet.tags import Fields

MOST: Final = 256

Address = tuple[str, int]
Key = tuple[Address, int, tuple[int, int]]


@dataclass(slots=True)
class Subscription:
    """One of them.

    Attributes:
        until_s: When it ends, by a monotonic clock; None is never.
        heard: Value and flags that were notified last; None before the first.
    """

    address: Address
    route: bytes
    process: int
    point: Point
    is_confirmed: bool
    until_s: float | None
    heard: tuple[float, bytes] | None = None

    def has_changed(self) -> bool:
        """Return whether there is something to tell."""
        if self.heard is None:
            return True
        value, flags = self.heard
        step = self.point.increment if self.point.units is not None else 0.5
        return flags != self.point.flags() or abs(self.point.value - value) >= step

    def notification(self, device: int, now_s: float) -> bytes:
        """Return what is told, and note that it was."""
        point = self.point
        left_s = 0 if self.until_s is None else max(0, int(self.until_s - now_s))
        self.heard = point.value, point.flags()
        values = b"".join(
            tags.context(0, tags.whole(prop)) + tags.bracketed(2, value)
            for prop, value in (
                (Prop.PRESENT_VALUE, point.encoded(point.value)),
                (Prop.STATUS_FLAGS, point.flags()),
            )
        )
        return (
            tags.context(0, tags.whole(self.process))
            + tags.context(1, tags.object_id(Type.DEVICE, device))
            + tags.context(2, tags.object_id(*point.identity))
            + tags.context(3, tags.whole(left_s))
            + tags.bracketed(4, values)
        )


class Subscriptions:
    """All of a device."""

    def __init__(self) -> None:
        self.all: dict[Key, Subscription] = {}

    def subscribe(
        self,
        sender: tuple[Address, bytes],
        body: bytes,
        points: dict[tuple[int, int], Point],
        now_s: float,
    ) -> None:
        """Do what a SubscribeCOV wants.

        Raises:
            TagError: The request is malformed.
            RefusalError: There is no such object, or there are too many already.
        """
        fields = Fields(body)
        process = tags.number_in(fields.need(0))
        identity = tags.object_in(fields.need(1))
        confirmed, lifetime = fields.take(2), fields.take(3)
        point = points.get(identity)
        if point is None:
            raise RefusalError(Code.UNKNOWN_OBJECT)
        address, route = sender
        key = address, process, identity
        if confirmed is None and lifetime is None:
            self.all.pop(key, None)
            return
        if key not in self.all and len(self.all) >= MOST:
            raise RefusalError(Code.NO_COV)
        seconds = 0 if lifetime is None else tags.number_in(lifetime)
        self.all[key] = Subscription(
            address,
            route,
            process,
            point,
            confirmed is not None and tags.number_in(confirmed) != 0,
            now_s + seconds if seconds else None,
        )

    def due(self, now_s: float) -> list[Subscription]:
        """Return those with something to tell, and forget those that ended."""
        for key, each in list(self.all.items()):
            if each.until_s is not None and each.until_s <= now_s:
                del self.all[key]
        return [each for each in self.all.values() if each.has_changed()]

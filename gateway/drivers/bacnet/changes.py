"""Changes a device tells by itself: subscribed, renewed in time, kept until a poll.

They come in addition to polls: an unconfirmed one may be lost, and a poll heals that.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from gateway.drivers.bacnet.content import PRESENT_VALUE, STATUS_FLAGS, Content
from gateway.drivers.bacnet.line import BacnetPlace
from gateway.drivers.bacnet.network import Network
from gateway.drivers.bacnet.refusal import RefusedError
from gateway.drivers.bacnet.values import ObjectId

_MOST_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class Change:
    """What an object became, and when we heard of it."""

    name: ObjectId
    at: datetime
    value: Content
    flags: Content


@dataclass(slots=True)
class _Subscription:
    process: int | None = None
    renew_at_s: float = 0.0


@dataclass(slots=True)
class Changes:
    """The subscriptions at one device."""

    place: BacnetPlace
    interval_s: float
    _subscribed: dict[ObjectId, _Subscription] = field(default_factory=dict)
    _kept: deque[Change] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT))
    _opened: int = 0

    def forget(self) -> None:
        """Subscribe anew at the next occasion: the device was away."""
        for each in self._subscribed.values():
            each.renew_at_s = 0.0

    def taken(self) -> Sequence[Change]:
        """Return what was heard since the last time."""
        taken = list(self._kept)
        self._kept.clear()
        return taken

    async def renew(self, network: Network, where: str) -> None:
        """Subscribe to each object whose time is up.

        A device that does not offer it, or not for an object, is polled only, and asked
        again when a subscription would have had to be renewed.

        Raises:
            DeviceError: The device kept silent.
        """
        if not self.place.cov:
            return
        if network.opened != self._opened:
            self._opened = network.opened
            self.forget()
        # Polls renew: a subscription must outlive two of them, come what may.
        lifetime_s = max(self.place.lifetime.total_seconds(), 3 * self.interval_s)
        for name in {each.identity for each in self.place.objects.values()}:
            each = self._subscribed.setdefault(name, _Subscription())
            now_s = asyncio.get_running_loop().time()
            if now_s < each.renew_at_s:
                continue
            take = partial(self._take, network, name)
            each.process = network.listen(each.process, where, name, take)
            terms = self.place.confirmed, int(lifetime_s)
            try:
                await network.stack.subscribe(where, name, each.process, terms)
            except RefusedError as error:
                if error.is_about_the_service:
                    self._all_later(now_s + lifetime_s)
                    return
            each.renew_at_s = now_s + lifetime_s / 2

    def _all_later(self, renew_at_s: float) -> None:
        for each in self.place.objects.values():
            later = self._subscribed.setdefault(each.identity, _Subscription())
            later.renew_at_s = renew_at_s

    def _take(
        self, network: Network, name: ObjectId, values: Mapping[int, Content]
    ) -> None:
        value = values.get(PRESENT_VALUE)
        if value is not None:
            flags = values.get(STATUS_FLAGS, ())
            self._kept.append(Change(name, network.now(), value, flags))

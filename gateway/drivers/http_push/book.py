"""What is known of a device's posts: its counters, and which came before. Pure.

Energy since the post before is added up into a counter, which must survive a restart
together with the readings it gave: both are committed at once.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from contract.interval import from_ms, to_ms
from contract.quantity import Quantity
from gateway.drivers.http_push.body import COUNTERS, GAUGES, MOST_POSTS, Post
from gateway.drivers.http_push.line import PushPlace

_TOTALS: Final = struct.Struct(">qIdd")
_SEEN: Final = struct.Struct(">8s8sq")
_NEVER: Final = -1
_TICK: Final = timedelta(milliseconds=1)


class ConflictError(Exception):
    """A key was used before, for other values; the message names it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A post that came before.

    Attributes:
        at_ms: The instant it told, else -1. [ms since 1970 UTC]
    """

    key: bytes
    body: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class Book:
    """A device's account of what it posted.

    Attributes:
        last: Instant of its newest reading.
        count: Posts remembered so far, which tells the slot of the next.
        totals: Energy added up, by counter. [kWh]
        seen: By slot; the oldest makes room.
    """

    last: datetime | None = None
    count: int = 0
    totals: Mapping[Quantity, float] = field(
        default_factory=lambda: dict.fromkeys(COUNTERS.values(), 0.0)
    )
    seen: Mapping[int, Seen] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What posts come to.

    Attributes:
        values: By quantity, with instants, to become readings.
        state: Rows to commit with them, by name below the device's own.
        accepted: How many were new.
        late: Some told instants before the newest reading's.
    """

    book: Book
    values: list[tuple[Quantity, datetime, float]]
    state: dict[str, bytes | None]
    accepted: int
    late: int


def opened(rows: Mapping[str, bytes]) -> Book:
    """Return the book kept in `rows`, by their names below the device's own."""
    if "" not in rows:
        return Book()
    last_ms, count, consumed, produced = _TOTALS.unpack(rows[""])
    seen = {
        int(name.removeprefix("/")): Seen(*_SEEN.unpack(row))
        for name, row in rows.items()
        if name
    }
    totals = dict(zip(COUNTERS.values(), (consumed, produced), strict=True))
    return Book(None if last_ms == _NEVER else from_ms(last_ms), count, totals, seen)


def taken(
    book: Book, place: PushPlace, posts: Sequence[Post], key: str, now: datetime
) -> Taken:
    """Return what new `posts` give, and the book after them.

    Args:
        key: Of the whole request, for posts that tell no instant; may be empty.

    Raises:
        ConflictError: One came before, with other values; none counts.
    """
    entry, now = _Entry(book), from_ms(to_ms(now))
    for number, post in enumerate(posts):
        if entry.is_new(post, _key(post, key, number)):
            entry.add(post, place, now)
    return entry.taken()


class _Entry:
    """A book being written on."""

    def __init__(self, book: Book) -> None:
        self._before = book
        self._last, self._count = book.last, book.count
        self._totals, self._seen = dict(book.totals), dict(book.seen)
        self._bodies = {each.key: each.body for each in book.seen.values()}
        self._values: list[tuple[Quantity, datetime, float]] = []
        self._state: dict[str, bytes | None] = {}
        self._accepted = self._late = 0

    def is_new(self, post: Post, key: str) -> bool:
        """Return whether the post did not come before, and remember that it did."""
        if not key:
            return True
        name, body = _digest(key), _digest(repr(sorted(post.values.items())))
        known = self._bodies.get(name)
        if known is not None and known != body:
            raise ConflictError(f"{key!r} came before, with other values")
        at_ms = _NEVER if post.at is None else to_ms(post.at)
        if known is not None or self._is_forgotten(at_ms):
            return False
        slot = self._count % MOST_POSTS
        if slot in self._seen:
            self._bodies.pop(self._seen[slot].key, None)
        self._seen[slot] = Seen(name, body, at_ms)
        self._bodies[name] = body
        self._state[f"/{slot}"] = _SEEN.pack(name, body, at_ms)
        self._count += 1
        return True

    def add(self, post: Post, place: PushPlace, now: datetime) -> None:
        """Take the values of a new post."""
        self._accepted += 1
        at = now if post.at is None else min(post.at, now)
        last = self._last
        is_late = last is not None and post.at is not None and post.at <= last
        self._late += is_late
        if last is not None:
            at = max(at, last + _TICK)
        elif not place.is_counter:  # so that the first post's energy counts
            before = at - place.interval
            self._values += [(each, before, 0.0) for each in COUNTERS.values()]
        self._last = at
        for name, quantity in COUNTERS.items():
            if not place.is_counter:
                self._totals[quantity] += post.values[name]
                self._values.append((quantity, at, self._totals[quantity]))
            elif not is_late:
                self._values.append((quantity, at, post.values[name]))
        if not is_late:
            self._values += [(each, at, v) for each, v in _gauges(post, place)]

    def taken(self) -> Taken:
        """Return what all came to."""
        if not self._accepted:
            return Taken(self._before, [], {}, 0, 0)
        last_ms = _NEVER if self._last is None else to_ms(self._last)
        totals = (self._totals[quantity] for quantity in COUNTERS.values())
        self._state[""] = _TOTALS.pack(last_ms, self._count, *totals)
        book = Book(self._last, self._count, self._totals, self._seen)
        return Taken(book, self._values, self._state, self._accepted, self._late)

    def _is_forgotten(self, at_ms: int) -> bool:
        """Return whether it may have come so long ago that it is not remembered."""
        if at_ms == _NEVER or self._count < MOST_POSTS:
            return False
        told = [each.at_ms for each in self._seen.values() if each.at_ms != _NEVER]
        return bool(told) and at_ms < min(told)


def _gauges(post: Post, place: PushPlace) -> list[tuple[Quantity, float]]:
    gauges = [
        (quantity, post.values[name])
        for name, quantity in GAUGES.items()
        if name in post.values
    ]
    if place.capacity_kw is not None:
        power_kw = post.values["current_load"] / 100 * place.capacity_kw
        gauges.append((Quantity.ACTIVE_POWER_KW, power_kw))
    return gauges


def _key(post: Post, key: str, number: int) -> str:
    """Return what makes a post known again; its instant says more than a header."""
    if post.at is not None:
        return f"at:{to_ms(post.at)}"
    return f"key:{key}:{number}" if key else ""


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()[:8]

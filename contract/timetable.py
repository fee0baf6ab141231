"""Weekly timetables: when a room is scheduled, in the site's own time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Self

_MOST_DAYS: Final = 1000


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A weekly span of use, ``[start, end)`` in local time.

    Attributes:
        day: Day of the week, 0 is Monday.
    """

    day: int
    start: time
    end: time

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return the slot written as ``[day, "HH:MM", "HH:MM"]``.

        Raises:
            ValueError: `raw` is not such a list, or ends before it starts.
        """
        match raw:
            case [int(day), str(start), str(end)] if 0 <= day <= 6:
                slot = cls(day, time.fromisoformat(start), time.fromisoformat(end))
                if slot.start < slot.end:
                    return slot
        raise ValueError(f'a slot is [day 0-6, "HH:MM", "HH:MM"], not {raw!r}')

    def to_json(self) -> list[object]:
        """Return ``[day, "HH:MM", "HH:MM"]``."""
        return [self.day, self.start.strftime("%H:%M"), self.end.strftime("%H:%M")]


Timetable = Sequence[Slot]


def is_scheduled(timetable: Timetable, local: datetime) -> bool:
    """Return whether `local`, an instant in the site's time zone, is in a slot."""
    day, clock = local.weekday(), local.time()
    return any(slot.day == day and slot.start <= clock < slot.end for slot in timetable)


def next_start(timetable: Timetable, local: datetime) -> datetime | None:
    """Return when the next slot begins after `local`; None without any slot."""
    starts = [_next(slot, local) for slot in timetable]
    return min(starts) if starts else None


def _next(slot: Slot, local: datetime) -> datetime:
    date = local.date() + timedelta(days=(slot.day - local.weekday()) % 7)
    start = datetime.combine(date, slot.start, tzinfo=local.tzinfo)
    return start if start > local else start + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What the cloud decides for one gateway: time zone, timetables and free days.

    Attributes:
        version: Changes whenever anything else here does.
        timezone: IANA name of the site's zone.
        timetables: By node path below the gateway's own node, e.g. `floor-1/room-101`.
        holidays: Public holidays at the site, from weeks ago to a year ahead.
        closed: Days within that time on which the site is closed.
    """

    version: str
    timezone: str
    timetables: Mapping[str, Timetable]
    holidays: frozenset[date] = field(default=frozenset())
    closed: frozenset[date] = field(default=frozenset())

    def to_json(self) -> dict[str, object]:
        """Return the configuration as JSON values."""
        return {
            "version": self.version,
            "timezone": self.timezone,
            "timetables": {
                node: [slot.to_json() for slot in slots]
                for node, slots in self.timetables.items()
            },
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
            "closed": [day.isoformat() for day in sorted(self.closed)],
        }

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return the configuration in `raw`; an older one has no free days.

        Raises:
            ValueError: A field is missing or malformed; the message names it.
        """
        match raw:
            case {
                "version": str(version),
                "timezone": str(timezone),
                "timetables": dict(timetables),
                **others,
            }:
                return cls(
                    version,
                    timezone,
                    {
                        str(node): tuple(map(Slot.from_json, slots))
                        for node, slots in timetables.items()
                    },
                    _days("holidays", others),
                    _days("closed", others),
                )
        raise ValueError("a site configuration has version, timezone and timetables")


def _days(name: str, others: Mapping[object, object]) -> frozenset[date]:
    match others.get(name, []):
        case [*days] if len(days) <= _MOST_DAYS:
            try:
                return frozenset(date.fromisoformat(str(day)) for day in days)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
    raise ValueError(f"{name} is a list of at most {_MOST_DAYS} dates")

"""Periods of a site: when it is closed, and its terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

LONGEST: Final = timedelta(days=400)
"""A longer period is a mistake."""
LONGEST_BREAK: Final = timedelta(days=120)
"""Terms further apart than this have something unsaid between them."""

_DAY: Final = timedelta(days=1)


class PeriodKind(StrEnum):
    """What a period is."""

    CLOSED = "closed"
    TERM = "term"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Consecutive local days, the last one included."""

    first: date
    last: date
    kind: PeriodKind
    name: str = ""


def closed_days(periods: Iterable[Period]) -> frozenset[date]:
    """Return the days of closing periods, and those of the breaks between terms."""
    known = sorted(periods)
    closed = {
        day for each in known if each.kind is PeriodKind.CLOSED for day in _days(each)
    }
    end: date | None = None
    for term in known:
        if term.kind is not PeriodKind.TERM:
            continue
        if end is not None and _DAY < term.first - end <= LONGEST_BREAK:
            pause = Period(end + _DAY, term.first - _DAY, PeriodKind.CLOSED)
            closed.update(_days(pause))
        end = term.last if end is None else max(end, term.last)
    return frozenset(closed)


def _days(period: Period) -> list[date]:
    count = (period.last - period.first).days + 1
    return [period.first + n * _DAY for n in range(count)]

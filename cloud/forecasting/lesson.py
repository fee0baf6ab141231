"""What each building of a site is taught from, week by week."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.cleaning import without_stuck
from cloud.forecasting.members import Members, SiteMembers
from cloud.forecasting.pool import processes
from cloud.forecasting.series import HOUR_S, Series, origin_places
from cloud.forecasting.table import Table, table
from cloud.forecasting.teaching import (
    FEWEST_ROWS,
    own_members,
    site_members,
    taught_members,
)
from contract.calendar import DAY_S
from contract.origins import Floats, Instants

WEEK_S: Final = 7 * DAY_S
"""Models are trained anew as often."""
WARM_UP_WEEKS: Final = 5
"""Weeks before the test that are lived as well, for what the track learns from them."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one building's walk needs, for a process of its own.

    Attributes:
        learnt_kw: Its load without what is not to be learnt; NaN there.
        own: All its origins.
        from_s: When the test begins. [s since 1970 UTC]
        own_hours: In a cold start, how much of its own past is known.
        neighbours: Tables of the others, where it learns from them.
        shared: The site's members by the instant from which they are used.
        left_out: In words what is not learnt.
    """

    series: Series
    learnt_kw: Floats
    own: Table
    from_s: int
    own_hours: int | None
    neighbours: tuple[Table, ...]
    shared: dict[int, SiteMembers]
    left_out: tuple[str, ...]

    def weeks(self) -> range:
        """Return the instants at which it is trained anew."""
        if self.own_hours is None:
            return _weeks([self.own], self.from_s, WARM_UP_WEEKS)
        return _weeks([self.own], self.from_s, self.own_hours * HOUR_S // WEEK_S)

    def members(self, week_s: int) -> Members | None:
        """Return members that know nothing of what comes after `week_s`."""
        if self.own_hours is not None:
            return taught_members(self.neighbours, week_s, self._lately(week_s))
        own = own_members(self.own, week_s, self.shared.get(week_s))
        return own or taught_members(self.neighbours, week_s, self.own)

    def _lately(self, week_s: int) -> Table:
        """Return the rows of a cold start: neither they nor their past are older."""
        hours = self.own_hours or 0
        since_s = max(week_s, self.from_s) - hours * HOUR_S
        is_lately = (self.own.at_s >= since_s + DAY_S) & (self.own.at_s < week_s)
        places = self.own.places[is_lately]
        known = (self.own.at_s[is_lately] - since_s) // HOUR_S
        leads = self.own.lead_hours
        return table(self.series, self.learnt_kw, places, leads, known)


def lessons(
    site: Sequence[Series], from_s: int, lead_hours: int, own_days: int | None
) -> list[Lesson]:
    """Return what each building of `site` is taught from.

    Args:
        site: Buildings that may learn from each other.
        from_s: When the test begins. [s since 1970 UTC]
        lead_hours: 1 or 24.
        own_days: As `walk.forecast` takes it.
    """
    hours = None if own_days is None else 24 * own_days
    cleaned = [without_stuck(series.load_kw) for series in site]
    places = [origin_places(each, each.start_s + DAY_S, lead_hours) for each in site]
    teach = [
        table(each, learnt, at, lead_hours, _all(at, hours))
        for each, (learnt, _), at in zip(site, cleaned, places, strict=True)
    ]
    shared = _shared(teach, from_s) if hours is None else {}
    made = []
    for place, series in enumerate(site):
        learnt, said = cleaned[place]
        own = teach[place]
        if hours is not None:
            known = _known_hours(own.at_s, from_s, hours)
            own = table(series, learnt, own.places, lead_hours, known)
        learns = hours is not None or _is_young(own, from_s)
        others = (*teach[:place], *teach[place + 1 :]) if learns else ()
        made.append(Lesson(series, learnt, own, from_s, hours, others, shared, said))
    return made


def _all(places: NDArray[np.int64], hours: int | None) -> Instants | None:
    return None if hours is None else np.full(len(places), hours, dtype=np.int64)


def _known_hours(at_s: Instants, from_s: int, hours: int) -> Instants:
    """Return how much is known before each origin; before the test it grows to that."""
    return np.clip((at_s - from_s) // HOUR_S + hours, 0, hours)


def _is_young(own: Table, from_s: int) -> bool:
    _, target = own.over_before(from_s)
    return len(target) < FEWEST_ROWS


def _weeks(tables: Sequence[Table], from_s: int, warm_up: int) -> range:
    last_s = max((int(each.at_s[-1]) for each in tables if len(each.at_s)), default=0)
    return range(from_s - warm_up * WEEK_S, last_s + 1, WEEK_S)


def _shared(tables: Sequence[Table], from_s: int) -> dict[int, SiteMembers]:
    weeks = _weeks(tables, from_s, WARM_UP_WEEKS)
    with processes(len(weeks)) as pool:
        made = [pool.submit(site_members, tables, week_s) for week_s in weeks]
        members = [each.result() for each in made]
    pairs = zip(weeks, members, strict=True)
    return {week_s: member for week_s, member in pairs if member is not None}

"""Walking through a test period as if it were lived: only the past is ever known."""

from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.cleaning import without_stuck
from cloud.forecasting.living import lived
from cloud.forecasting.members import Members, SiteMembers
from cloud.forecasting.pool import processes
from cloud.forecasting.series import HOUR_S, Series
from cloud.forecasting.table import Table, table
from cloud.forecasting.teaching import own_members, site_members, taught_members
from contract.calendar import DAY_S
from contract.origins import Floats, Instants
from contract.track import Forecast, Track

Progress = Callable[[float], None]
"""Is told the share of the work that is done, 0 to 1, now and then."""

WEEK_S: Final = 7 * DAY_S
"""Models are trained anew as often."""
WARM_UP_WEEKS: Final = 5
"""Weeks before the test that are lived as well, for what the track learns from them."""

_COLD_S: Final = 4 * WEEK_S  # the neighbours teach nothing new within a week


@dataclass(frozen=True, slots=True)
class Walk:
    """The forecasts of one building, origins × lead hours.

    Attributes:
        name: Of the series.
        origin_s: When they were made: each hour for the next hour, each local midnight
            for 24 hours. [s since 1970 UTC]
        mean_kw: The one value to use where one is needed.
        left_out: In words what was not trained on, or why there is no forecast.
    """

    name: str
    origin_s: Instants
    mean_kw: Floats
    p10_kw: Floats
    p50_kw: Floats
    p90_kw: Floats
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What one building's walk needs, for a process of its own.

    Attributes:
        own: All its origins.
        neighbours: Tables of the others, in a cold start only.
        shared: The site's member by the instant from which it is used.
    """

    series: Series
    own: Table
    from_s: int
    own_hours: int | None
    neighbours: tuple[Table, ...]
    shared: dict[int, SiteMembers]
    left_out: tuple[str, ...]


def forecast(
    site: Sequence[Series],
    train_until_s: int,
    lead_hours: int,
    *,
    own_days: int | None = None,
    progress: Progress | None = None,
) -> list[Walk]:
    """Return the forecasts of all buildings of a site from `train_until_s` on.

    Models are trained on what is over before that instant, then again each week on what
    has been measured since.

    Args:
        site: Series of buildings that may learn from each other.
        train_until_s: End of the training. [s since 1970 UTC]
        lead_hours: 1 or 24.
        own_days: Where given, a cold start: each building in turn is forecast by what
            the others taught, and of its own it has this many days before each origin.
        progress: Is told how far the work is.
    """
    lessons = _lessons(site, train_until_s, lead_hours, own_days)
    found: dict[int, Walk] = {}
    with processes(len(lessons)) as pool:
        futures = {pool.submit(_walk, each): at for at, each in enumerate(lessons)}
        for done in as_completed(futures):
            found[futures[done]] = done.result()
            if progress is not None:
                progress(len(found) / len(lessons))
    return [found[place] for place in range(len(lessons))]


def origin_places(series: Series, from_s: int, lead_hours: int) -> NDArray[np.int64]:
    """Return the places of the hours that begin where a forecast is made."""
    starts_s = series.starts_s
    is_origin = (starts_s >= from_s) & (
        starts_s + lead_hours * HOUR_S <= series.start_s + len(series) * HOUR_S
    )
    if lead_hours > 1:
        local_s = starts_s + series.calendar.offset_s(starts_s)
        is_origin &= local_s % DAY_S < HOUR_S
    return np.flatnonzero(is_origin)


def _lessons(
    site: Sequence[Series], train_until_s: int, lead_hours: int, own_days: int | None
) -> list[_Lesson]:
    hours = None if own_days is None else 24 * own_days
    cleaned = [without_stuck(series.load_kw) for series in site]
    tables = [
        table(each, learnt, _all_places(each, lead_hours), lead_hours, hours)
        for each, (learnt, _) in zip(site, cleaned, strict=True)
    ]
    shared = _shared(tables, train_until_s) if hours is None else {}
    return [
        _Lesson(
            series=series,
            own=tables[place],
            from_s=train_until_s,
            own_hours=hours,
            neighbours=(*tables[:place], *tables[place + 1 :]) if hours else (),
            shared=shared,
            left_out=cleaned[place][1],
        )
        for place, series in enumerate(site)
    ]


def _all_places(series: Series, lead_hours: int) -> NDArray[np.int64]:
    return origin_places(series, series.start_s + DAY_S, lead_hours)


def _weeks(tables: Sequence[Table], train_until_s: int) -> range:
    last_s = max((int(each.at_s[-1]) for each in tables if len(each.at_s)), default=0)
    return range(train_until_s - WARM_UP_WEEKS * WEEK_S, last_s + 1, WEEK_S)


def _shared(tables: Sequence[Table], train_until_s: int) -> dict[int, SiteMembers]:
    weeks = _weeks(tables, train_until_s)
    with processes(len(weeks)) as pool:
        made = [pool.submit(site_members, tables, week_s) for week_s in weeks]
        members = [each.result() for each in made]
    pairs = zip(weeks, members, strict=True)
    return {week_s: member for week_s, member in pairs if member is not None}


def _walk(lesson: _Lesson) -> Walk:
    """Return one building's forecasts; those of the warm-up are not told."""
    leads = lesson.own.target.shape[1]
    track = Track((), leads)
    members: Members | None = None
    fitted_s = 0
    made: list[Forecast] = []
    for week_s in _weeks([lesson.own], lesson.from_s):
        if lesson.own_hours is None or members is None or week_s - fitted_s >= _COLD_S:
            members, fitted_s = _members(lesson, week_s), week_s
        names = () if members is None else members.names
        if names != track.members:
            track = track.with_members(names)
        span_s = week_s, week_s + WEEK_S
        made += lived(
            lesson.series, lesson.own, track, members, span_s, lesson.own_hours
        )
    told = [each for each in made if each.origin_s >= lesson.from_s]
    return _collected(lesson, told, leads)


def _members(lesson: _Lesson, week_s: int) -> Members | None:
    if lesson.own_hours is not None:
        return taught_members(lesson.neighbours, week_s)
    return own_members(lesson.own, week_s, lesson.shared.get(week_s))


def _collected(lesson: _Lesson, made: Sequence[Forecast], lead_hours: int) -> Walk:
    def rows(values: list[Floats]) -> Floats:
        return np.array(values, dtype=np.float64).reshape(-1, lead_hours)

    return Walk(
        lesson.series.name,
        np.array([each.origin_s for each in made], dtype=np.int64),
        rows([each.mean_kw for each in made]),
        rows([each.p10_kw for each in made]),
        rows([each.p50_kw for each in made]),
        rows([each.p90_kw for each in made]),
        lesson.left_out,
    )

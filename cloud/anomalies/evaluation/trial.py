"""One building: anomalies put in again and again, and what was told each time."""

from dataclasses import dataclass, replace
from typing import Final
from zlib import crc32

import numpy as np

from cloud.analytics.anomaly.course import Course, Flags, Floats, clock_of
from cloud.analytics.anomaly.detect import Watch, anomalies
from cloud.analytics.anomaly.episode import Episode, Kind
from cloud.analytics.anomaly.injection import (
    DRIFT_PERIOD_DAYS,
    PERIOD_DAYS,
    WARM_UP_DAYS,
    Field,
    injected,
)
from cloud.analytics.anomaly.scoring import Score, score
from cloud.meter_files import Building
from contract.calendar import DAY_S, Calendar

LEAST_DAYS: Final = WARM_UP_DAYS + PERIOD_DAYS
MONTH_DAYS: Final = 30.4375

_LEAST_KNOWN: Final = 0.5


class NotTestableError(ValueError):
    """Nothing can be tried on a building; the message says why."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One draw: the load as it became, and what of it was found."""

    load_kw: Floats
    told: tuple[Episode, ...]
    score: Score


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a building.

    Attributes:
        course: As it was read.
        months: That false episodes are counted in, for each draw.
        untouched: Episodes of the load as it is.
        example: The first draw.
        scores: One for each draw.
    """

    building: Building
    course: Course
    months: float
    untouched: tuple[Episode, ...]
    example: Drawn
    scores: tuple[Score, ...]


def check(building: Building) -> None:
    """Return nothing if anomalies can be put into the building.

    Raises:
        NotTestableError: They can't.
    """
    days = len(building.start_s) / 24
    if days < LEAST_DAYS:
        raise NotTestableError(
            f"it has {days:.0f} days; at least {LEAST_DAYS} are needed, {WARM_UP_DAYS}"
            f" to learn from and {PERIOD_DAYS} to put anomalies into"
        )
    known = building.load_kw[np.isfinite(building.load_kw)]
    if len(known) < _LEAST_KNOWN * len(building.start_s):
        raise NotTestableError(
            f"only {100 * len(known) / len(building.start_s):.0f} % of its hours are"
            " usable; at least half of them are needed"
        )
    if known.max() <= 0:
        raise NotTestableError("it never uses anything")


def remarks(building: Building) -> tuple[str, ...]:
    """Return what could not be tried on the building."""
    if len(building.start_s) / 24 - 1 < WARM_UP_DAYS + DRIFT_PERIOD_DAYS:
        return (
            f"no drift is put in: that takes {WARM_UP_DAYS + DRIFT_PERIOD_DAYS} days",
        )
    return ()


def tried(building: Building, draws: int, seed: int) -> Trial:
    """Return what was found of `draws` times anomalies at random places."""
    course, usable = _course(building)
    watch = Watch(Calendar(building.zone, building.holidays))
    clock = clock_of(course, watch.calendar)
    first_s = int(course.start_s[0]) + WARM_UP_DAYS * DAY_S
    untouched = _told(course, watch, first_s)
    drawn = []
    for number in range(draws):
        dice = np.random.default_rng(
            [seed, number, crc32(building.building_id.encode())]
        )
        load_kw, put = injected(Field(course, clock, usable, dice))
        told = _told(replace(course, load_kw=load_kw), watch, first_s)
        drawn.append(Drawn(load_kw, told, score(put, told, untouched)))
    return Trial(
        building,
        course,
        (course.end_s - first_s) / DAY_S / MONTH_DAYS,
        untouched,
        drawn[0],
        tuple(each.score for each in drawn),
    )


def _course(building: Building) -> tuple[Course, Flags]:
    """Return the load as it was read, and where it can be believed.

    What is impossible is left out; where the meter stands still, it stays, as that is
    for the detection to tell.
    """
    usable = np.isfinite(building.load_kw)
    read_kw = building.as_read_kw
    possible = usable | ((read_kw >= 0) & (read_kw <= np.nanmax(building.load_kw)))
    load_kw = np.where(possible, read_kw, np.nan)
    return Course(building.start_s, load_kw, building.temperature_c), usable


def _told(course: Course, watch: Watch, first_s: int) -> tuple[Episode, ...]:
    """Return the episodes that count: gaps are no guess, and the first weeks teach."""
    return tuple(
        each
        for each in anomalies(course, watch)
        if each.found_s > first_s and each.kind is not Kind.MISSING
    )

"""An asset's days followed one after the other: each against those before it."""

from dataclasses import dataclass, field
from math import isfinite, sqrt
from typing import Final

import numpy as np

from cloud.analytics.maintenance.baseline import (
    IDLE,
    Day,
    Duty,
    Fit,
    against,
    busy,
    fit,
)
from cloud.analytics.maintenance.robust import (
    Bools,
    Floats,
    decision_height,
    weighted_median,
)

LEVEL_DAYS: Final = 10
"""Judged days whose median is the present level."""

_FIRST_DAYS: Final = 28
_YEAR: Final = 365
_LAG: Final = 45
_REFIT_EVERY: Final = 7
_CLIP: Final = 3.0
_CLIP_SHARE: Final = 0.2
_LEAST_DAYS: Final = 6


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked for; shares are of the expected energy.

    Attributes:
        allowance: A lasting change up to this is let be.
        alarm_days: Noise alone alarms once in so many busy days.
        height: The sum of excess that alarms at least, in busy days.
        least: A median since the start below this is no finding.
        over: A finding is over when the level is below this.
        threshold: Change at which something has to be done.
        sure: A day is judged when its expected energy is known to within this.
        ageing: Change that a sound asset makes in a year.
    """

    allowance: float
    alarm_days: float
    threshold: float
    height: float = 0.2
    least: float = 0.04
    over: float = 0.03
    sure: float = 0.06
    ageing: float = 0.0


@dataclass(slots=True)
class Rise:
    """A lasting change for the worse; days are places in the series."""

    start: int
    found: int
    end: int | None = None


@dataclass(slots=True)
class Course:
    """Each day against its baseline; NaN where a day could not be judged.

    Attributes:
        excess: How much worse than expected, as a share.
        expected: Energy that was expected. [kWh]
        weight: Expected size of the day, in busy days.
        in_baseline: Days that made the newest baseline.
        rises: Lasting changes for the worse, oldest first.
    """

    excess: Floats
    expected: Floats
    weight: Floats
    in_baseline: Bools
    fit: Fit | None = None
    rises: list[Rise] = field(default_factory=list)

    @property
    def is_rising(self) -> bool:
        """Whether a change goes on at the end."""
        return bool(self.rises) and self.rises[-1].end is None

    def level(self, days: slice) -> float:
        """Return the median excess of some days, each counted by its weight."""
        middle = weighted_median(self.excess[days], self.weight[days])
        return middle if isfinite(middle) else 0.0


def followed(duty: Duty, watch: Watch) -> Course:
    """Return the course of an asset, each day judged by earlier days only.

    Through the first year the baseline grows by what happened some weeks ago, so that
    it learns every season; days of a lasting change never join it. Changes are found
    by a one-sided CUSUM (Page 1954) of the excess energy, clipped, less an allowance
    and less what the expectation is not sure of.
    """
    nothing = np.full(len(duty), np.nan)
    course = Course(
        nothing, nothing.copy(), nothing.copy(), np.zeros(len(duty), np.bool_)
    )
    following = _Following(duty, watch, course)
    for place, day in enumerate(map(int, np.flatnonzero(duty.known))):
        if place % _REFIT_EVERY == 0 and not course.is_rising:
            following.learn(day)
        if course.fit is not None:
            following.judge(day, against(course.fit, duty, day))
    return course


@dataclass(slots=True)
class _Following:
    """What is kept from day to day.

    Attributes:
        total: The CUSUM, in busy days of energy.
        start: Where it was zero last.
        height: Where it alarms.
        age: Mean place of the days in the baseline.
    """

    duty: Duty
    watch: Watch
    course: Course
    total: float = 0.0
    start: int = 0
    height: float = 0.0
    age: float = 0.0

    def learn(self, day: int) -> None:
        """Let the baseline take in what is old enough to be trusted."""
        course, members = self.course, self.duty.known
        until = day if course.fit is None else max(day - _LAG, 0)
        members[min(until, _YEAR) :] = False
        for rise in course.rises:
            members[rise.start : rise.end] = False
        members |= course.in_baseline
        energy = self.duty.energy[members]
        if (energy > IDLE * busy(energy)).sum() < _FIRST_DAYS:
            return
        course.fit, course.in_baseline = fit(self.duty, members), members
        self.age = float(np.flatnonzero(members).mean())
        days = self.watch.alarm_days * course.fit.weight
        height = decision_height(self.watch.allowance, course.fit.long_sigma, days)
        self.height = max(height, self.watch.height)

    def judge(self, day: int, found: Day) -> None:
        """Put the day beside the baseline; a day unlike any before joins it."""
        course, watch = self.course, self.watch
        if not found.in_range or found.unsure > watch.sure:
            course.in_baseline[day] = day < _YEAR
            return
        if found.weight < IDLE:
            return
        aged = watch.ageing * max(day - self.age, 0.0) / _YEAR
        course.excess[day] = self.duty.worse * found.excess - aged
        course.expected[day], course.weight[day] = found.expected, found.weight
        if course.is_rising:
            self._end(day)
        else:
            self._add(day, found.unsure)

    def _add(self, day: int, unsure: float) -> None:
        course, watch = self.course, self.watch
        if self.total <= 0:
            self.start = day
        weight, sigma = course.weight[day], course.fit.sigma if course.fit else 0.0
        limit = max(_CLIP * sigma * sqrt(weight), _CLIP_SHARE * weight)
        more = float(np.clip(course.excess[day] * weight, -limit, limit))
        let_be = (watch.allowance + unsure) * weight
        self.total = max(0.0, self.total + more - let_be)
        since = slice(self.start, day + 1)
        if (
            self.total > self.height
            and np.isfinite(course.excess[since]).sum() >= _LEAST_DAYS
            and course.level(since) >= watch.least
        ):
            course.rises.append(Rise(self.start, day))
            self.total = 0.0

    def _end(self, day: int) -> None:
        rise = self.course.rises[-1]
        since = self.course.excess[rise.found + 1 : day + 1]
        known = np.flatnonzero(np.isfinite(since))
        if len(known) >= LEVEL_DAYS:
            recent = slice(rise.found + 1 + int(known[-LEVEL_DAYS]), day + 1)
            if self.course.level(recent) < self.watch.over:
                rise.end = day

"""An asset looked at as a whole: what was found, how it stands, what is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from cloud.analytics.maintenance.baseline import Duty
from cloud.analytics.maintenance.course import Course, Rise, Watch, followed
from cloud.analytics.maintenance.finding import (
    Change,
    Figure,
    Finding,
    FindingKind,
    change,
    series,
)
from cloud.analytics.maintenance.robust import Floats, Places

LATELY: Final = slice(-30, None)
"""The days that tell how an asset stands."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a rise: its kind, sentence, advice and figures."""

    kind: FindingKind
    sentence: str
    advice: str
    figures: tuple[Figure, ...]


Say = Callable[[Course, Rise, Change], Words]


@dataclass(frozen=True, slots=True)
class Examined:
    """What is known of an asset.

    Attributes:
        why_none: Why nothing can be said of it yet, if so.
        condition: Figures of how it stands, whether or not something was found.
        judged: Days that were compared with a baseline.
    """

    findings: tuple[Finding, ...]
    condition: tuple[Figure, ...]
    judged: int
    why_none: str | None


def findings(
    duty: Duty, watch: Watch, first: date, say: Say
) -> tuple[tuple[Finding, ...], Course]:
    """Return what is found in the days of an asset, from the day `first` on."""
    course = followed(duty, watch)

    def finding(rise: Rise) -> Finding:
        changed = change(course, rise, watch)
        words = say(course, rise, changed)
        return Finding(
            words.kind,
            first + timedelta(days=rise.start),
            first + timedelta(days=rise.found),
            None if rise.end is None else first + timedelta(days=rise.end),
            changed,
            watch.threshold,
            words.figures,
            int(course.in_baseline.sum()),
            series(course, duty.energy.tolist(), rise, first),
            words.sentence,
            words.advice,
        )

    return tuple(finding(rise) for rise in course.rises), course


def examined(
    found: Sequence[Finding], courses: Sequence[Course], condition: tuple[Figure, ...]
) -> Examined:
    """Return findings, oldest first, with how the asset stands."""
    judged = max(int(np.isfinite(course.excess).sum()) for course in courses)
    why = None if judged else why_none(courses[0])
    ordered = tuple(sorted(found, key=lambda finding: finding.found))
    return Examined(ordered, condition, judged, why)


def per_day(name: str, course: Course, energy_kwh: Floats, span: slice) -> Figure:
    """Return energy as expected and as it was, per judged day of a span."""
    places = judged_places(course, span)
    if not len(places):
        return Figure(name, "kWh", None, None)
    before, after = course.expected[places].mean(), energy_kwh[places].mean()
    return Figure(name, "kWh", float(before), float(after))


def judged_places(course: Course, span: slice) -> Places:
    """Return the places of the days in a span that were compared."""
    places = np.arange(len(course.excess), dtype=np.int64)[span]
    return places[np.isfinite(course.excess[places])]


def why_none(course: Course) -> str:
    """Return why no day could be judged."""
    if course.fit is None:
        return "a baseline needs four weeks in which it works and is measured"
    return "no day was like those of the baseline yet"

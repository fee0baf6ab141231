"""All anomalies of a load, each found from what was known at that time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from cloud.analytics.anomaly.course import (
    Clock,
    Course,
    Floats,
    clock_of,
    without,
)
from cloud.analytics.anomaly.drift import drifts
from cloud.analytics.anomaly.episode import Episode, Kind
from cloud.analytics.anomaly.expected import (
    Expected,
    Forecast,
    expected,
)
from cloud.analytics.anomaly.missing import missing
from cloud.analytics.anomaly.night import high_days, night_loads
from cloud.analytics.anomaly.spike import spikes
from cloud.analytics.anomaly.stuck import stuck
from contract.calendar import DAY_S, Calendar

LEAST_DAYS: Final = 14
"""History without which only gaps and a meter that stands still can be told."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What detection is told beside the load.

    Attributes:
        forecast: Taken for what was expected, where there is one.
        factors: How much more than usual an anomaly of a kind must be to be told.
    """

    calendar: Calendar
    forecast: Forecast | None = None
    factors: Mapping[Kind, float] = field(default_factory=dict)


def anomalies(course: Course, watch: Watch) -> list[Episode]:
    """Return the anomalies of `course`, by their start.

    An episode's start and `found_s` follow from what was known until `found_s`; its
    end, size and confidence from what is known now.
    """
    if len(course.start_s) * course.step_s < 2 * DAY_S:
        return []
    factor = {kind: watch.factors.get(kind, 1.0) for kind in Kind}
    clock = clock_of(course, watch.calendar)
    still, live, usual = _moving(course, clock, watch)
    peaks = spikes(live, clock, usual, factor[Kind.SPIKE])
    live = replace(live, load_kw=without(live, peaks))
    nights = night_loads(live, clock, usual, factor[Kind.NIGHT_LOAD])
    calm = ~high_days(clock, course, nights)
    told = [
        *still,
        *missing(course, usual),
        *peaks,
        *nights,
        *drifts(live, clock, calm, factor[Kind.DRIFT]),
    ]
    return sorted(told, key=lambda each: (each.start_s, each.kind))


def usual_kw(course: Course, watch: Watch) -> Floats:
    """Return what was expected of each interval, as anomalies are judged by it."""
    _, _, usual = _moving(course, clock_of(course, watch.calendar), watch)
    return usual.load_kw


def _moving(
    course: Course, clock: Clock, watch: Watch
) -> tuple[list[Episode], Course, Expected]:
    """Return where the meter stood still, the rest, and what was expected of it."""
    raw = expected(course, clock, watch.forecast)
    still = stuck(course, raw, watch.factors.get(Kind.STUCK, 1.0))
    live = replace(course, load_kw=without(course, still))
    return still, live, expected(live, clock, watch.forecast)

"""Hours without a reading."""

from typing import Final

import numpy as np

from cloud.analytics.anomaly.course import HOUR_S, Course
from cloud.analytics.anomaly.episode import Episode, Kind
from cloud.analytics.anomaly.expected import Expected

SHORTEST_H: Final = 3
"""No gap that is shorter is told."""


def missing(course: Course, expected: Expected) -> list[Episode]:
    """Return the gaps of three hours and more: a fact, so nothing is in doubt."""
    unknown = ~np.isfinite(course.load_kw)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], unknown, [0]))))
    told = []
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        if first == 0 or (end - first) * course.step_s < SHORTEST_H * HOUR_S:
            continue
        usual_kw = expected.load_kw[first:end]
        hours = course.step_s / HOUR_S
        start_s = int(course.start_s[first])
        size_kwh = float(np.nansum(usual_kw) * hours)
        told.append(
            Episode(
                kind=Kind.MISSING,
                start_s=start_s,
                end_s=int(course.start_s[end - 1]) + course.step_s,
                is_ongoing=bool(end == len(unknown)),
                found_s=start_s + SHORTEST_H * HOUR_S,
                size_kwh=size_kwh if np.isfinite(usual_kw).any() else None,
                confidence=1.0,
                evidence={"hours": float((end - first) * hours)},
            )
        )
    return told

"""What an anomaly is: a kind, a stretch of time, a size and the figures behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What can be wrong with a load."""

    STUCK = "stuck"
    SPIKE = "spike"
    NIGHT_LOAD = "night_load"
    DRIFT = "drift"
    MISSING = "missing"
    PHASE_IMBALANCE = "phase_imbalance"


@dataclass(frozen=True, slots=True)
class Episode:
    """One anomaly.

    Attributes:
        start_s: First instant of it. [s since 1970 UTC]
        end_s: First instant after it, as far as known.
        is_ongoing: Whether it may still go on where the data end.
        found_s: End of the data that showed it; nothing later was looked at.
        size_kwh: Energy above what was expected; of missing data, what was expected.
        confidence: 0 to 1; one half is the least that is told.
        evidence: The figures behind it, by names that carry their units.
    """

    kind: Kind
    start_s: int
    end_s: int
    is_ongoing: bool
    found_s: int
    size_kwh: float | None
    confidence: float
    evidence: Mapping[str, float] = field(default_factory=dict)


def confidence(score: float) -> float:
    """Return how sure a score is that is 1 where an episode is only just told.

    Half at 1, 0.8 at twice and 0.9 at three times the threshold.
    """
    return round(score**2 / (1 + score**2), 3) if score > 0 else 0.0

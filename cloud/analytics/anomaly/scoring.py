"""How well injected anomalies were found, and what was told beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cloud.analytics.anomaly.episode import Episode, Kind
from cloud.analytics.anomaly.injection import DRIFT_HELD_DAYS, Injected
from contract.calendar import DAY_S

GRACE_DAYS: Final = 1
"""Days after its end within which an anomaly must have been found."""
DRIFT_GRACE_DAYS: Final = DRIFT_HELD_DAYS
"""The same after the end of a drift's ramp, while it is held."""

_HOUR_S: Final = 3_600


@dataclass(frozen=True, slots=True)
class Hit:
    """An injected anomaly, and when it was found, if it was."""

    injected: Injected
    found_s: int | None

    @property
    def delay_h(self) -> float | None:
        """Hours from its start until it was found."""
        if self.found_s is None:
            return None
        return (self.found_s - self.injected.start_s) / _HOUR_S


@dataclass(frozen=True, slots=True)
class Score:
    """What became of one draw.

    Attributes:
        hits: One for each anomaly that was put in.
        false: Episodes that no injected anomaly of their kind explains, or that are
            told of the untouched load as well.
        repeated: Further episodes of an anomaly that had been found.
    """

    hits: tuple[Hit, ...]
    false: tuple[Episode, ...]
    repeated: tuple[Episode, ...]


def score(
    put: Sequence[Injected], told: Sequence[Episode], untouched: Sequence[Episode]
) -> Score:
    """Return which injected anomalies were found, and what was told beside them.

    An anomaly is found by an episode of its kind that overlaps it, is found after its
    start and in time, and overlaps no episode of that kind in the untouched load: what
    was there before was not found because of the injection, and counts as false.

    Args:
        told: Episodes of the load with `put` in it.
        untouched: Episodes of the same load without.
    """
    found: dict[int, int] = {}
    false: list[Episode] = []
    repeated: list[Episode] = []
    for episode in sorted(told, key=lambda each: each.found_s):
        meant = [at for at, each in enumerate(put) if _means(episode, each)]
        fresh = [at for at in meant if at not in found]
        if not meant or any(_overlap(episode, other) for other in untouched):
            false.append(episode)
        elif fresh:
            found.update(dict.fromkeys(fresh, episode.found_s))
        else:
            repeated.append(episode)
    hits = tuple(Hit(each, found.get(at)) for at, each in enumerate(put))
    return Score(hits, tuple(false), tuple(repeated))


def _means(episode: Episode, each: Injected) -> bool:
    is_drift = each.kind is Kind.DRIFT
    last_s = each.end_s + (DRIFT_GRACE_DAYS if is_drift else GRACE_DAYS) * DAY_S
    return (
        episode.kind is each.kind
        and each.start_s < episode.found_s <= last_s
        and episode.start_s < (last_s if is_drift else each.end_s)
        and episode.end_s > each.start_s
    )


def _overlap(one: Episode, other: Episode) -> bool:
    return (
        one.kind is other.kind
        and one.start_s < other.end_s
        and other.start_s < one.end_s
    )

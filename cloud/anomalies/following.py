"""An anomaly stays one row: what is told anew is held against what is kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from cloud.analytics.anomaly import Episode
from cloud.analytics.anomaly.sentence import sentence
from cloud.analytics.savings import Prices, cost
from cloud.domain.anomaly import State
from cloud.store.anomalies import AnomalyRow, Told


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written.

    Attributes:
        changed: What is told now, by the id of the row.
    """

    added: tuple[Told, ...]
    changed: dict[int, Told]
    withdrawn: tuple[int, ...]


def as_told(episode: Episode, end_s: int, zone: ZoneInfo, prices: Prices) -> Told:
    """Return what is told of an episode in data that end at `end_s`."""
    size = episode.size_kwh
    return Told(
        kind=episode.kind.value,
        start_s=episode.start_s,
        end_s=None if episode.is_ongoing else episode.end_s,
        known_s=end_s if episode.is_ongoing else episode.end_s,
        found_s=episode.found_s,
        size_kwh=None if size is None else round(size, 3),
        cost=None if size is None else round(cost(size, prices), 2),
        currency=None if size is None else prices.currency,
        confidence=episode.confidence,
        sentence=sentence(episode, zone),
        evidence=json.dumps(
            {name: round(value, 4) for name, value in episode.evidence.items()},
            sort_keys=True,
        ),
    )


def changes(held: Sequence[AnomalyRow], told: Sequence[Told], since_s: int) -> Changes:
    """Return what makes the rows of a node say what is told now.

    A row keeps its start and when it was found. Rows found before `since_s` are only
    followed, as what they rested on may have passed out of sight; later ones that are
    told no more are withdrawn, unless somebody said something of them: late readings
    have filled a gap, or feedback has raised the threshold.
    """
    added: list[Told] = []
    changed: dict[int, Told] = {}
    for each in told:
        row = next((row for row in held if _is_same(row.told, each)), None)
        if row is not None:
            fresh = replace(each, start_s=row.told.start_s, found_s=row.told.found_s)
            changed[row.id] = fresh
        elif not held or each.found_s >= since_s:
            added.append(each)
    gone = [row for row in held if row.id not in changed]
    for row in gone:
        if row.told.end_s is None and not _is_withdrawn(row, since_s):
            changed[row.id] = replace(row.told, end_s=row.told.known_s)
    return Changes(
        tuple(added),
        changed,
        tuple(row.id for row in gone if _is_withdrawn(row, since_s)),
    )


def _is_withdrawn(row: AnomalyRow, since_s: int) -> bool:
    return row.told.found_s >= since_s and row.state == State.OPEN


def _is_same(one: Told, other: Told) -> bool:
    return (
        one.kind == other.kind
        and one.start_s < other.known_s
        and other.start_s < one.known_s
    )

"""Figures of nodes from those of their own points and their children. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.rollup.blocks import Block, Window
from cloud.rollup.layout import Figure, Source
from cloud.store.places import Place
from cloud.store.rollup_writes import Row

Floats = NDArray[np.float64]

_INTERVAL_H: Final = 0.25
_INTERVAL_S: Final = 900
_LEAST_FOR_POWER: Final = 0.5
"""Share of an interval that must be known before its mean power is told."""
ADDED: Final = (
    Figure.GENERATED,
    Figure.SAVED,
    Figure.BASE,
    Figure.AC,
    Figure.LIGHT,
    Figure.EQUIPMENT,
)
AVERAGED: Final = (Figure.TEMPERATURE, Figure.OCCUPANCY)


@dataclass(slots=True)
class Tally:
    """What is known of one node in each interval; NaN where nothing is.

    Attributes:
        energy: Energy, the estimated part of it, coverage, mean power.
        meters: How many main meters, or metered children, `energy` sums over.
        added: Generated, saved and load kinds.
        averaged: Sum and count of each mean.
    """

    count: int
    energy: Floats = field(init=False)
    meters: int = 0
    added: dict[Figure, Floats] = field(default_factory=dict)
    averaged: dict[Figure, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.energy = np.full((4, self.count), np.nan)

    def add_meter(self, energy: Floats) -> None:
        """Add one meter's, or one child's, energy rows."""
        self.energy = _added(self.energy, energy)
        self.meters += 1

    def add(self, figure: Figure, values: Floats) -> None:
        """Add to a figure that is a sum."""
        before = self.added.get(figure)
        self.added[figure] = values if before is None else _added(before, values)

    def average(self, figure: Figure, sum_and_count: Floats) -> None:
        """Add to a figure that is a mean."""
        before = self.averaged.get(figure)
        self.averaged[figure] = (
            sum_and_count.copy() if before is None else before + sum_and_count
        )

    def rows(self, node_id: int, simulated: bool, window: Window) -> Iterator[Row]:
        """Yield the rows of the intervals in which anything is known."""
        columns = [self.energy[0], self.energy[1], self.energy[2], self.energy[3]]
        unknown = np.full(self.count, np.nan)
        columns += [self.added.get(figure, unknown) for figure in ADDED]
        columns += [self._mean(figure) for figure in AVERAGED]
        known = np.flatnonzero(~np.isnan(columns).all(axis=0))
        starts = ((window.first + known) * _INTERVAL_S).tolist()
        values = [column[known].tolist() for column in columns]
        for start, *figures in zip(starts, *values, strict=True):
            yield (node_id, simulated, start, *figures)

    def _mean(self, figure: Figure) -> Floats:
        held = self.averaged.get(figure)
        if held is None:
            return np.full(self.count, np.nan)
        mean = np.full(self.count, np.nan)
        np.divide(held[0], held[1], out=mean, where=held[1] > 0)
        return mean


def tallies(
    places: Sequence[Place],
    sources: Sequence[Source],
    block: Block,
    posted: Mapping[int, Tally],
    *,
    simulated: bool,
) -> dict[int, Tally]:
    """Return what is known of each of `places`, which come parents first.

    Args:
        block: A row for each of `sources`.
        posted: What devices at the places posted by themselves.
    """
    count = block.energy_kwh.shape[1]
    own = dict(posted)
    for row, source in enumerate(sources):
        if source.simulated == simulated:
            tally = own.setdefault(source.node_id, Tally(count))
            _take(tally, source, block, row)
    below: dict[int, Tally] = {}
    found: dict[int, Tally] = {}
    for place in reversed(places):
        if place.id not in own and place.id not in below:
            continue
        mine = own.get(place.id, Tally(count))
        tally = found[place.id] = _node(mine, below.get(place.id, Tally(count)))
        if place.parent_id is not None:
            pass_up(tally, below.setdefault(place.parent_id, Tally(count)))
    return found


def meter_rows(energy: Floats, estimated: Floats, coverage: Floats) -> Floats:
    """Return a meter's energy rows for `Tally.add_meter`; NaN where it knows nothing.

    Its mean power is that of the part of the interval whose course is known.
    """
    known = (coverage > 0) | (energy > 0)
    followed = energy - np.where(estimated < energy, estimated, 0.0)
    power = np.divide(
        followed,
        coverage * _INTERVAL_H,
        out=np.full(len(energy), np.nan),
        where=coverage >= _LEAST_FOR_POWER,
    )
    rows = np.stack((energy, estimated, coverage, power))
    return np.where(known, rows, np.nan)


def main_wins(own: Tally, children: Tally) -> Floats:
    """Return a node's energy rows: its meters' where they know, else its children's."""
    mine = covered(own)
    if not children.meters:
        return mine
    return np.where(np.isnan(mine[0]), covered(children), mine)


def covered(tally: Tally) -> Floats:
    """Return the energy rows with coverage as the mean over what is summed."""
    rows = tally.energy.copy()
    rows[2] /= max(tally.meters, 1)
    return rows


def pass_up(tally: Tally, parent: Tally) -> None:
    """Add a node's figures to what its parent knows of its children."""
    if tally.meters:
        parent.add_meter(tally.energy)
    for figure, values in tally.added.items():
        parent.add(figure, values)
    for figure, values in tally.averaged.items():
        parent.average(figure, values)


def _node(own: Tally, children: Tally) -> Tally:
    tally = Tally(own.count)
    if own.meters:
        tally.energy, tally.meters = main_wins(own, children), 1
    elif children.meters:
        tally.energy, tally.meters = covered(children), 1
    for part in (own, children):
        for figure, values in part.added.items():
            tally.add(figure, values)
        for figure, values in part.averaged.items():
            tally.average(figure, values)
    return tally


def _take(tally: Tally, source: Source, block: Block, row: int) -> None:
    energy, coverage = block.energy_kwh[row], block.coverage[row]
    if source.figure is Figure.ENERGY:
        tally.add_meter(meter_rows(energy, block.estimated_kwh[row], coverage))
    elif source.figure in AVERAGED:
        hours = coverage * _INTERVAL_H
        mean = np.divide(energy, hours, out=np.zeros(len(hours)), where=hours > 0)
        tally.average(source.figure, np.stack((mean, (hours > 0) * 1.0)))
    else:
        known = (coverage > 0) | (energy > 0)
        tally.add(source.figure, np.where(known, energy, np.nan))


def _added(one: Floats, other: Floats) -> Floats:
    """Return the sum; what only one of them knows is the sum."""
    total = np.where(np.isnan(one), other, one + np.where(np.isnan(other), 0.0, other))
    return np.asarray(total, dtype=np.float64)

"""The live board: every node's present figures, from one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from cloud.facts import points
from cloud.facts.levels import Floats, added, oldest, preferred
from cloud.facts.points import COLUMN, COLUMNS, LOAD, SOLAR, Plan
from cloud.store import live
from cloud.store.database import Connection, Database
from contract.interval import to_ms
from contract.quantity import Quantity

Flags = NDArray[np.bool_]

_AC = COLUMN[Quantity.AC_POWER_KW]
_LIGHT = COLUMN[Quantity.LIGHT_POWER_KW]
_OCCUPANCY = COLUMN[Quantity.OCCUPANCY]


@dataclass(frozen=True, slots=True)
class Side:
    """Present figures of every node, from real or from simulated values only.

    NaN stands where nothing is known.

    Attributes:
        own: From the node's own devices; columns as in `points.COLUMNS`.
        values: The same, where a node without own figures has its children's sum.
        oldest_ms: Instant of the oldest value in the load. [ms since 1970 UTC]
        newest_own_ms: Instant of the newest value of the node's own devices.
        unmetered_kw: What main meters count beyond the sum below them. [kW]
        idle_kw: Air conditioning and light of rooms where nobody is. [kW]
        judged_kw: Load of the rooms that know whether somebody is there. [kW]
        reporting, silent: Main meters at and below the node.
    """

    own: Floats
    values: Floats
    oldest_ms: Floats
    newest_own_ms: Floats
    unmetered_kw: Floats
    idle_kw: Floats
    judged_kw: Floats
    reporting: Floats
    silent: Floats


@dataclass(frozen=True, slots=True)
class Board:
    """Present figures; real ones wherever any is fresh below a node."""

    plan: Plan
    now_ms: int
    real: Side
    simulated: Side

    def is_simulated(self, row: int) -> bool:
        """Return whether the node's figures were made by simulated hardware."""
        real, simulated = self.real.reporting[row], self.simulated.reporting[row]
        return bool(simulated > 0 and real == 0)

    def side(self, row: int) -> Side:
        """Return the side that counts for the node at `row`."""
        return self.simulated if self.is_simulated(row) else self.real


_SHARED_MS: Final = 1_000

_kept: Final[WeakKeyDictionary[Database, Board]] = WeakKeyDictionary()
_making: Final = Lock()


def board(database: Database, connection: Connection, now: datetime) -> Board:
    """Return the present figures of every node, shared by all who ask in one second."""
    plan, now_ms = points.plan(database, connection), to_ms(now)
    with _making:
        kept = _kept.get(database)
        is_shared = kept is not None and 0 <= now_ms - kept.now_ms < _SHARED_MS
        if kept is not None and is_shared and kept.plan is plan:
            return kept
        _kept[database] = made = _board(connection, plan, now_ms)
    return made


def _board(connection: Connection, plan: Plan, now_ms: int) -> Board:
    since_ms = now_ms - int(plan.max_age_ms.max(initial=0))
    rows = live.newest_values(connection, since_ms)
    own, at_ms, heard = _own(plan, rows, now_ms)
    real = _side(plan, own, at_ms, heard, 0)
    simulated = _side(plan, own, at_ms, heard, 1) if plan.has_simulated else real
    return Board(plan, now_ms, real, simulated)


def _own(
    plan: Plan, rows: Sequence[tuple[int, int, float]], now_ms: int
) -> tuple[Floats, Floats, Flags]:
    """Return what each node's own devices say, when, and which devices were heard."""
    shape = (2, len(plan.row), len(COLUMNS))
    own, at_ms = np.full(shape, np.nan), np.full(shape, np.nan)
    heard = np.zeros(len(plan.meters), dtype=np.bool_)
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    table = table[table[:, 0] < len(plan.cell)]
    point = table[:, 0].astype(np.int64)
    fresh = (plan.device[point] >= 0) & (table[:, 1] >= now_ms - plan.max_age_ms[point])
    heard[plan.device[point[fresh]]] = True
    used = fresh & (plan.cell[point] >= 0)
    cell = plan.cell[point[used]]
    sums, times = own.reshape(-1), at_ms.reshape(-1)
    sums[cell], times[cell] = 0.0, np.inf
    np.add.at(sums, cell, table[used, 2])
    np.minimum.at(times, cell, table[used, 1])
    return own, at_ms, heard


def _side(plan: Plan, own: Floats, at_ms: Floats, heard: Flags, side: int) -> Side:
    mine, when = own[side], at_ms[side]
    reporting, silent = (_meters(plan, which, side) for which in (heard, ~heard))
    totals = added(plan.levels, np.column_stack((reporting, silent, *_idle(mine))))
    values, below = preferred(plan.levels, mine)
    values[:, SOLAR] = added(plan.levels, mine[:, SOLAR])
    leaf = totals[:, 0] + totals[:, 1] == reporting + silent
    gap = np.where((silent > 0) & leaf, 1.0, np.nan)
    gap[~np.isnan(mine[:, LOAD])] = 0.0
    _, gaps_below = preferred(plan.levels, gap)
    beyond = np.where(gaps_below == 0, mine[:, LOAD] - below[:, LOAD], np.nan)
    return Side(
        own=mine,
        values=values,
        oldest_ms=oldest(plan.levels, when[:, LOAD]),
        newest_own_ms=np.fmax.reduce(when, axis=1),
        unmetered_kw=preferred(plan.levels, beyond)[0],
        reporting=totals[:, 0],
        silent=totals[:, 1],
        idle_kw=totals[:, 2],
        judged_kw=totals[:, 3],
    )


def _meters(plan: Plan, which: Flags, side: int) -> Floats:
    """Return how many of these devices are main meters at each node."""
    nodes = len(plan.row)
    place = plan.meters[which & (plan.meters >= 0)] - side * nodes
    place = place[(place >= 0) & (place < nodes)]
    return np.bincount(place, minlength=nodes).astype(np.float64)


def _idle(own: Floats) -> tuple[Floats, Floats]:
    occupancy, load = own[:, _OCCUPANCY], np.nan_to_num(own[:, LOAD])
    running = np.nan_to_num(own[:, _AC]) + np.nan_to_num(own[:, _LIGHT])
    return np.where(occupancy == 0, running, 0), np.where(occupancy >= 0, load, 0)

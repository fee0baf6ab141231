"""Long steps of counters: found, filled, and the spans they are found with. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.rollup.blocks import Block, Columns, Window
from cloud.rollup.layout import Source
from cloud.store.spans import LONGEST_MS, SPAN, Gap, Spans
from contract.energy import MAX_GAP, interval_energy
from contract.interval import INTERVAL_MS

MAX_GAP_MS: Final = int(MAX_GAP.total_seconds() * 1000)

Reading = tuple[int, float]
"""Instant [ms] and value."""


@dataclass(frozen=True, slots=True)
class GapChanges:
    """Gaps that readings have filled, and gaps that are new."""

    closed: tuple[Gap, ...]
    new: tuple[Gap, ...]

    def intervals(self) -> set[int]:
        """Return the intervals whose energy these changes touch."""
        return {
            number
            for gap in (*self.closed, *self.new)
            for number in range(
                gap.from_ms // INTERVAL_MS, -(-gap.to_ms // INTERVAL_MS)
            )
        }


def changes(
    columns: Columns, sources: Sequence[Source], spans: Spans, held: Iterable[Gap]
) -> GapChanges:
    """Return what the loaded readings change in the gaps that are held."""
    rows, start, end = _runs(columns)
    ends = {
        int(row): (int(a), int(b)) for row, a, b in zip(rows, start, end, strict=True)
    }
    held = list(held)
    found = _inside(columns, sources)
    known = {int(record["point"]): record for record in spans}
    for row, (first, last) in ends.items():
        record = known.get(sources[row].point_id)
        if record is None or not sources[row].is_counter:
            continue
        before = int(record["last_ms"]), float(record["last"])
        after = int(record["first_ms"]), float(record["first"])
        point_id = sources[row].point_id
        found += _gap(point_id, before, _reading(columns, first))
        found += _gap(point_id, _reading(columns, last), after)
    row_of = {source.point_id: row for row, source in enumerate(sources)}
    closed = []
    for gap in held:
        row = row_of.get(gap.point_id, -1)
        parts = _filled(columns, gap, ends[row]) if row in ends else None
        if parts is not None:
            closed.append(gap)
            found += parts
    new = {(gap.point_id, gap.from_ms): gap for gap in found}
    kept = {(gap.point_id, gap.from_ms): gap for gap in held if gap not in closed}
    fresh = [gap for key, gap in new.items() if kept.get(key) != gap]
    return GapChanges(tuple(closed), tuple(fresh))


def merged_spans(spans: Spans, columns: Columns, point_ids: NDArray[np.int32]) -> Spans:
    """Return `spans` stretched over the loaded readings."""
    rows, start, end = _runs(columns)
    loaded = np.empty(len(rows), SPAN)
    loaded["point"] = point_ids[rows]
    loaded["first_ms"], loaded["first"] = columns.at_ms[start], columns.values[start]
    loaded["last_ms"], loaded["last"] = columns.at_ms[end], columns.values[end]
    both = np.concatenate((spans, loaded))
    early = both[np.lexsort((both["first_ms"], both["point"]))]
    late = both[np.lexsort((-both["last_ms"], both["point"]))]
    points, at = np.unique(early["point"], return_index=True)
    merged = np.empty(len(points), SPAN)
    merged["point"] = points
    for name in ("first_ms", "first"):
        merged[name] = early[name][at]
    at = np.searchsorted(late["point"], points)
    for name in ("last_ms", "last"):
        merged[name] = late[name][at]
    return merged


def add_gaps(
    block: Block,
    rows: dict[int, int],
    gaps: Iterable[Gap],
    moduli: dict[int, float | None],
    window: Window,
    loaded: Window,
) -> None:
    """Add to `block`, of `window`, the energy of gaps not wholly within `loaded`.

    Args:
        rows: Row of each point in `block`.
    """
    for gap in gaps:
        row = rows.get(gap.point_id)
        whole = loaded.start_ms <= gap.from_ms and gap.to_ms < loaded.end_ms
        if row is None or whole:
            continue
        at_ms = np.array([gap.from_ms, gap.to_ms], dtype=np.int64)
        values = np.array([gap.from_value, gap.to_value])
        modulus = moduli.get(gap.point_id)
        energy = interval_energy(at_ms, values, modulus_kwh=modulus)
        first = gap.from_ms // INTERVAL_MS
        low = max(first, window.first)
        high = min(first + len(energy.energy_kwh), window.first + window.count)
        if low < high:
            theirs = slice(low - first, high - first)
            ours = slice(low - window.first, high - window.first)
            block.energy_kwh[row, ours] += energy.energy_kwh[theirs]
            block.estimated_kwh[row, ours] += energy.estimated_kwh[theirs]


def _runs(columns: Columns) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each row that has readings, with the places of its first and last."""
    rows, start = np.unique(columns.row, return_index=True)
    end = np.append(start[1:], len(columns.row))[: len(rows)] - 1
    return rows, start, end


def _inside(columns: Columns, sources: Sequence[Source]) -> list[Gap]:
    """Return the long steps between readings that are both loaded."""
    is_counter = np.array([source.is_counter for source in sources], dtype=np.bool_)
    same = columns.row[1:] == columns.row[:-1]
    long = np.diff(columns.at_ms) > MAX_GAP_MS
    found: list[Gap] = []
    for at in np.flatnonzero(same & long & is_counter[columns.row[1:]]).tolist():
        point_id = sources[int(columns.row[at])].point_id
        found += _gap(point_id, _reading(columns, at), _reading(columns, at + 1))
    return found


def _filled(columns: Columns, gap: Gap, place: tuple[int, int]) -> list[Gap] | None:
    """Return what is left of `gap`; None if no loaded reading lies inside."""
    at_ms = columns.at_ms[place[0] : place[1] + 1]
    low = int(np.searchsorted(at_ms, gap.from_ms, "right"))
    high = int(np.searchsorted(at_ms, gap.to_ms, "left"))
    if low >= high:
        return None
    first = _reading(columns, place[0] + low)
    last = _reading(columns, place[0] + high - 1)
    before, after = (gap.from_ms, gap.from_value), (gap.to_ms, gap.to_value)
    return [*_gap(gap.point_id, before, first), *_gap(gap.point_id, last, after)]


def _gap(point_id: int, before: Reading, after: Reading) -> list[Gap]:
    if not MAX_GAP_MS < after[0] - before[0] <= LONGEST_MS:
        return []
    if after[1] == before[1]:  # no energy passed, nothing to place
        return []
    return [Gap(point_id, before[0], after[0], before[1], after[1])]


def _reading(columns: Columns, place: int) -> Reading:
    return int(columns.at_ms[place]), float(columns.values[place])

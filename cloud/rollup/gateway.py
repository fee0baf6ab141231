"""The roll-up of what one gateway sent: marked intervals, read, summed and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cloud.rollup.blocks import Block, Columns, Window, counted, held, sorted_columns
from cloud.rollup.gaps import GapChanges, add_gaps, changes, merged_spans
from cloud.rollup.layout import Layout
from cloud.rollup.needed import FAR, NEAR, around, is_enough, reached, run_of
from cloud.rollup.posted import Posts, add_posts
from cloud.rollup.sums import Tally, tallies
from cloud.rollup.writing import write
from cloud.store import devices, marks, readings, spans
from cloud.store.database import Connection, Database
from cloud.store.devices import PostingDevice
from cloud.store.rollup_writes import Row
from cloud.store.spans import Gap, Spans
from contract.interval import INTERVAL_MS

_MOST_ROWS: Final = 5_000
_MOST_MARKS: Final = 960

_INTERVAL_S: Final = INTERVAL_MS // 1_000


@dataclass(frozen=True, slots=True)
class Read:
    """What was read for some marks.

    Attributes:
        window: The intervals to make again.
        loaded: The intervals whose readings are in `columns`.
    """

    window: Window
    loaded: Window
    columns: Columns
    spans: Spans
    changes: GapChanges
    gaps: tuple[Gap, ...]
    posts: dict[PostingDevice, Posts]


def most_marks(layout: Layout) -> int:
    """Return how many marked intervals are done in one go: few of a large building."""
    return max(1, min(_MOST_MARKS, _MOST_ROWS // max(1, len(layout.places))))


def roll_up(database: Database, layout: Layout) -> int:
    """Make the gateway's oldest marked intervals again; return how many it did."""
    with database.read() as connection:
        taken = marks.gateway_marks(connection, layout.gateway_id, most_marks(layout))
        taken = taken[: run_of([start for start, _ in taken])]
        if not taken:
            return 0
        read = _read(connection, layout, [start for start, _ in taken])
    rows = _rows(layout, read)
    with database.write() as connection:
        _write(connection, layout, read, rows)
        marks.clear_gateway(connection, layout.gateway_id, taken)
        _mark_elsewhere(connection, layout, read)
    return len(taken)


def _read(connection: Connection, layout: Layout, starts_s: Sequence[int]) -> Read:
    first, last = starts_s[0] // _INTERVAL_S, starts_s[-1] // _INTERVAL_S
    marked = Window(first, last - first + 1)
    before = spans.spans(connection, layout.gateway_id)
    for margin in (NEAR, FAR):
        loaded = around(marked, 2 * margin)
        columns = _columns(connection, layout, loaded)
        after = merged_spans(before, columns, layout.point_ids)
        window = reached(columns, starts_s, loaded)
        if is_enough(columns, layout.point_ids, after, marked, window):
            break
    known = spans.gaps(connection, layout.gateway_id, loaded.start_ms, loaded.end_ms)
    changed = changes(columns, layout.sources, before, known)
    still = [gap for gap in known if gap not in changed.closed]
    new = {(gap.point_id, gap.from_ms) for gap in changed.new}
    still = [gap for gap in still if (gap.point_id, gap.from_ms) not in new]
    gaps = (*still, *changed.new)
    posts = {
        device: devices.posts(connection, device.id, window.start_ms, window.end_ms)
        for device in layout.posting
    }
    return Read(window, loaded, columns, after, changed, gaps, posts)


def _columns(connection: Connection, layout: Layout, loaded: Window) -> Columns:
    found = readings.read(connection, layout.gateway_id, loaded.start_ms, loaded.end_ms)
    inside = found.point_ids < len(layout.row_of)
    row = layout.row_of[np.where(inside, found.point_ids, 0)]
    counts = inside & (row >= 0)
    return sorted_columns(
        row[counts], found.at_ms[counts], found.values[counts], loaded
    )


def _rows(layout: Layout, read: Read) -> list[Row]:
    block = _block(layout, read)
    kinds = {source.simulated for source in layout.sources}
    kinds |= {device.simulated for device in layout.posting}
    return [
        row
        for simulated in sorted(kinds)
        for node_id, tally in tallies(
            layout.places,
            layout.sources,
            block,
            _posted(read, simulated=simulated),
            simulated=simulated,
        ).items()
        for row in tally.rows(node_id, simulated, read.window)
    ]


def _posted(read: Read, *, simulated: bool) -> dict[int, Tally]:
    own: dict[int, Tally] = {}
    for device, told in read.posts.items():
        if device.simulated == simulated:
            tally = own.setdefault(device.node_id, Tally(read.window.count))
            add_posts(tally, device, told, read.window)
    return own


def _block(layout: Layout, read: Read) -> Block:
    """Return the energy of every source in the window."""
    rows, count = len(layout.sources), read.window.count
    block = Block(*(np.zeros((rows, count)) for _ in range(3)))
    start = read.window.first - read.loaded.first
    if not rows:
        return block
    moduli = {s.point_id: s.modulus_kwh for s in layout.sources if s.is_counter}
    for modulus in set(moduli.values()):
        of_kind = [s.is_counter and s.modulus_kwh == modulus for s in layout.sources]
        part, at = _only(read.columns, np.array(of_kind))
        energy = counted(part, len(at), read.loaded, modulus_kwh=modulus)
        _place(block, energy, at, start)
    part, at = _only(read.columns, np.array([not s.is_counter for s in layout.sources]))
    _place(block, held(part, len(at), read.loaded), at, start)
    row_of = {s.point_id: row for row, s in enumerate(layout.sources)}
    add_gaps(block, row_of, read.gaps, moduli, read.window, read.loaded)
    return block


def _only(columns: Columns, chosen: np.ndarray) -> tuple[Columns, np.ndarray]:
    """Return the chosen rows' readings, renumbered, and which rows they were."""
    at = np.flatnonzero(chosen)
    number = np.cumsum(chosen) - 1
    mask = chosen[columns.row]
    row = number[columns.row[mask]]
    return Columns(row, columns.at_ms[mask], columns.values[mask]), at


def _place(block: Block, part: Block, rows: np.ndarray, start: int) -> None:
    window = slice(start, start + block.energy_kwh.shape[1])
    block.energy_kwh[rows] = part.energy_kwh[:, window]
    block.coverage[rows] = part.coverage[:, window]
    block.estimated_kwh[rows] = part.estimated_kwh[:, window]


def _write(
    connection: Connection, layout: Layout, read: Read, rows: Sequence[Row]
) -> None:
    node_ids = [place.id for place in layout.places]
    starts = write(connection, node_ids, read.window, rows, layout.zone)
    spans.keep_spans(connection, layout.gateway_id, read.spans)
    spans.replace_gaps(
        connection, layout.gateway_id, read.changes.closed, read.changes.new
    )
    if layout.parent_id is not None:
        marks.mark_node(connection, layout.parent_id, starts)


def _mark_elsewhere(connection: Connection, layout: Layout, read: Read) -> None:
    """Mark what changed gaps touch outside the intervals that were just made."""
    done = range(read.window.first, read.window.first + read.window.count)
    starts = [
        number * _INTERVAL_S
        for number in sorted(read.changes.intervals())
        if number not in done
    ]
    marks.mark_gateway(connection, layout.gateway_id, starts)

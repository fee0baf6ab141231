"""Roll-ups of the nodes above the gateways, and of devices that post by themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cloud.rollup.blocks import Window
from cloud.rollup.needed import run_of
from cloud.rollup.posted import Posts, add_posts
from cloud.rollup.sums import ADDED, AVERAGED, Tally, covered, main_wins
from cloud.rollup.writing import write
from cloud.store import devices, marks, rollup_writes
from cloud.store.database import Connection, Database
from cloud.store.devices import PostingDevice
from cloud.store.places import Place
from cloud.store.rollup_writes import Row
from contract.interval import INTERVAL_MS

MOST_MARKS: Final = 960
"""Marked intervals of one node that are done in one go."""

_INTERVAL_S: Final = INTERVAL_MS // 1_000


@dataclass(frozen=True, slots=True)
class Above:
    """A node with what must be known to sum it.

    Attributes:
        metered_children: How many children have a main meter at or below them, for
            measured and for simulated ones.
        posting: Devices at the node that post by themselves.
    """

    place: Place
    metered_children: dict[bool, int]
    posting: tuple[PostingDevice, ...]
    zone: str


def above(
    place: Place,
    places: Sequence[Place],
    metered: Iterable[tuple[int, bool]],
    posting: Iterable[PostingDevice],
) -> Above:
    """Return what must be known to sum `place`."""
    path_of = {known.id: known.path for known in places}
    zone_of = {known.path: known.timezone for known in places}
    prefix = place.path + "/"
    children = {
        (path_of[node_id][len(prefix) :].partition("/")[0], simulated)
        for node_id, simulated in metered
        if path_of.get(node_id, "").startswith(prefix)
    }
    counts = {
        kind: sum(simulated == kind for _, simulated in children)
        for kind in (False, True)
    }
    own = tuple(device for device in posting if device.node_id == place.id)
    zone = zone_of.get(place.path.partition("/")[0]) or "UTC"
    return Above(place, counts, own, zone)


def roll_up(database: Database, node: Above) -> int:
    """Make the node's oldest marked intervals again; return how many it did."""
    with database.write() as connection:
        taken = marks.node_marks(connection, node.place.id, MOST_MARKS)
        taken = taken[: run_of([start for start, _ in taken])]
        if not taken:
            return 0
        window = _window(connection, node, taken[0][0], taken[-1][0])
        rows = _rows(connection, node, window)
        starts = write(connection, [node.place.id], window, rows, node.zone)
        marks.clear_node(connection, node.place.id, taken)
        if node.place.parent_id is not None:
            marks.mark_node(connection, node.place.parent_id, starts)
    return len(taken)


def _window(connection: Connection, node: Above, first_s: int, last_s: int) -> Window:
    """Return the marked intervals, with those that steps between posts reach."""
    low_ms, high_ms = first_s * 1000, last_s * 1000 + INTERVAL_MS
    for device in node.posting:
        before, after = devices.neighbours(connection, device.id, low_ms, high_ms)
        low_ms = min(low_ms, before - device.reporting_interval_s * 1000)
        high_ms = max(high_ms, after)
    first, end = low_ms // INTERVAL_MS, -(-high_ms // INTERVAL_MS)
    return Window(first, end - first)


def _rows(connection: Connection, node: Above, window: Window) -> list[Row]:
    span_s = window.start_ms // 1000, window.end_ms // 1000
    children = rollup_writes.child_sums(connection, node.place.id, span_s)
    posts = {
        device: devices.posts(connection, device.id, window.start_ms, window.end_ms)
        for device in node.posting
    }
    kinds = {row[1] for row in children} | {device.simulated for device in posts}
    return [
        row
        for kind in sorted(kinds)
        for row in _tally(node, children, posts, window, simulated=kind).rows(
            node.place.id, kind, window
        )
    ]


def _tally(
    node: Above,
    children: Sequence[Row],
    posts: dict[PostingDevice, Posts],
    window: Window,
    *,
    simulated: bool,
) -> Tally:
    below = _children(children, window, simulated=simulated)
    below.meters = max(node.metered_children[simulated], below.meters)
    own = Tally(window.count)
    for device, told in posts.items():
        if device.simulated == simulated:
            add_posts(own, device, told, window)
    energy = main_wins(own, below) if own.meters else covered(below)
    total = replace(below)
    total.energy, total.meters = energy, 1
    for figure, values in own.added.items():
        total.add(figure, values)
    return total


def _children(rows: Sequence[Row], window: Window, *, simulated: bool) -> Tally:
    mine = [row for row in rows if row[1] == simulated]
    table = np.full((len(rollup_writes.COLUMNS), window.count), np.nan)
    at = [row[2] // _INTERVAL_S - window.first for row in mine]
    if mine:
        figures = np.array([row[3:] for row in mine], dtype=np.float64)
        table[:, at] = figures.T
    tally = Tally(window.count)
    tally.energy = table[:4]
    tally.meters = int(not np.isnan(table[0]).all())
    for number, figure in enumerate(ADDED):
        tally.added[figure] = table[4 + number]
    for number, figure in enumerate(AVERAGED):
        mean = table[4 + len(ADDED) + number]
        known = ~np.isnan(mean)
        tally.averaged[figure] = np.stack((np.where(known, mean, 0.0), known * 1.0))
    return tally

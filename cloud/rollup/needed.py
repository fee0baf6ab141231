"""Which intervals a change reaches, and how much must be read for them. Pure."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.rollup.blocks import Columns, Window
from cloud.rollup.gaps import MAX_GAP_MS
from cloud.store.spans import Spans
from contract.interval import INTERVAL_MS

FAR: Final = MAX_GAP_MS // INTERVAL_MS + 1
"""Intervals within which a step that is followed must end."""
NEAR: Final = 1
"""Intervals within which steps end where devices are polled often."""

_INTERVAL_S: Final = INTERVAL_MS // 1_000


def run_of(starts_s: Sequence[int]) -> int:
    """Return how many of the marks, oldest first, are close enough to do as one."""
    for place in range(1, len(starts_s)):
        if starts_s[place] - starts_s[place - 1] > 2 * FAR * _INTERVAL_S:
            return place
    return len(starts_s)


def around(window: Window, intervals: int) -> Window:
    """Return `window` with so many more intervals on either side."""
    return Window(window.first - intervals, window.count + 2 * intervals)


def reached(columns: Columns, starts_s: Sequence[int], loaded: Window) -> Window:
    """Return the intervals that steps into or out of the marked ones reach.

    Steps that are too long to be followed are left to the gaps.
    """
    marked = np.array([start // _INTERVAL_S for start in starts_s]) - loaded.first
    is_marked = np.zeros(loaded.count + 1, dtype=np.bool_)
    is_marked[marked[(marked >= 0) & (marked < loaded.count)]] = True
    place = (columns.at_ms - loaded.start_ms) // INTERVAL_MS
    same = columns.row[1:] == columns.row[:-1]
    followed = np.diff(columns.at_ms) <= MAX_GAP_MS
    touching = same & followed & (is_marked[place[1:]] | is_marked[place[:-1]])
    low, high = int(marked.min()), int(marked.max())
    if touching.any():
        low = min(low, int(place[:-1][touching].min()))
        high = max(high, int(place[1:][touching].max()))
    return Window(loaded.first + low, high - low + 1)


def is_enough(
    columns: Columns,
    point_ids: NDArray[np.int32],
    spans: Spans,
    marked: Window,
    window: Window,
) -> bool:
    """Return whether the loaded readings hold every step into or out of `window`.

    Args:
        point_ids: The point of each row in `columns`.
        spans: Of the points that count, already stretched over `columns`.
        marked: The marked intervals, from which `window` was reached.
    """
    first, last = spans["first_ms"], spans["last_ms"]
    near = (last >= window.start_ms - MAX_GAP_MS) & (first < window.end_ms + MAX_GAP_MS)
    start_ms = min(window.start_ms + 1, marked.start_ms)
    before = spans["point"][near & (first < start_ms)]
    after = spans["point"][near & (last >= window.end_ms)]
    has_before = point_ids[columns.row[columns.at_ms < start_ms]]
    has_after = point_ids[columns.row[columns.at_ms >= window.end_ms]]
    return not (
        np.setdiff1d(before, has_before).size or np.setdiff1d(after, has_after).size
    )

"""The newest value of each point, from an upload's own list and its batches. Pure."""

from collections.abc import Iterable, Sequence

import numpy as np

from cloud.ingest.judge import Limits
from cloud.ingest.opened import Found, Opened
from contract.envelope import Newest

Row = tuple[int, int, float, int]
"""Point, at [ms], value, quality."""


def newest_of(
    sent: Iterable[Newest],
    allowed: Limits | None,
    judged: Sequence[Found],
    span_ms: tuple[int, int],
) -> list[Row]:
    """Return the newest believed value of each point.

    Args:
        span_ms: First and last instant that is believed. [ms]
    """
    rows: dict[int, Row] = {}
    for found in judged:
        if isinstance(found, Opened):
            for row in _last_of_each(found):
                _take(rows, row)
    for value in sent:
        if allowed and _is_believed(value, allowed, span_ms):
            point_id = int(allowed.point_ids[value.point])
            _take(rows, (point_id, value.at_ms, value.value, value.quality))
    return list(rows.values())


def _last_of_each(found: Opened) -> Iterable[Row]:
    columns = found.judged
    order = np.argsort(columns.at_ms, kind="stable")[::-1]
    _, first = np.unique(columns.point_ids[order], return_index=True)
    last = order[first]
    return zip(
        columns.point_ids[last].tolist(),
        columns.at_ms[last].tolist(),
        columns.values[last].tolist(),
        columns.quality[last].tolist(),
        strict=True,
    )


def _take(rows: dict[int, Row], row: Row) -> None:
    held = rows.get(row[0])
    if held is None or held[1] <= row[1]:
        rows[row[0]] = row


def _is_believed(value: Newest, allowed: Limits, span_ms: tuple[int, int]) -> bool:
    place = value.point
    return (
        0 <= place < len(allowed.point_ids)
        and bool(allowed.point_ids[place] >= 0)
        and bool(allowed.low[place] <= value.value <= allowed.high[place])
        and 0 <= value.quality < 256
        and span_ms[0] <= value.at_ms <= span_ms[1]
    )

"""Writing intervals, and making the hours and days again that they are part of."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from cloud.rollup import calendar
from cloud.rollup.blocks import Window
from cloud.store import rollup_writes
from cloud.store.database import Connection
from cloud.store.rollup_writes import DAY_MIN, HOUR_MIN, Row
from contract.interval import INTERVAL_MS

_INTERVAL_S = INTERVAL_MS // 1_000


def write(
    connection: Connection,
    node_ids: Sequence[int],
    window: Window,
    rows: Sequence[Row],
    zone_name: str,
) -> list[int]:
    """Write the nodes' rows of `window`; return which intervals may have changed.

    Args:
        node_ids: Every node that `rows` may be of.
    """
    span_s = window.start_ms // 1000, window.end_ms // 1000
    vanished = rollup_writes.replace_intervals(connection, node_ids, span_s, rows)
    zone = ZoneInfo(zone_name)
    hours = calendar.whole_hours(span_s, zone)
    days = list(calendar.days(span_s, zone))
    if vanished:
        rollup_writes.clear(connection, node_ids, HOUR_MIN, hours)
        rollup_writes.clear(connection, node_ids, DAY_MIN, (days[0][0], days[-1][1]))
    known = node_ids if vanished else sorted({row[0] for row in rows})
    if known:
        offset_s = calendar.hour_offset_s(hours[0], zone)
        rollup_writes.sum_hours(connection, known, hours, offset_s)
        for day in days:
            rollup_writes.sum_day(connection, known, day)
    if vanished:
        return list(range(*span_s, _INTERVAL_S))
    return sorted({row[2] for row in rows})

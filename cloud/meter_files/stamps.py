"""The instants in the first column of a file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from cloud.meter_files.building import Instants

_HOUR: Final = timedelta(hours=1)
_MINUTE_S: Final = 60
_YEARS: Final = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Stamps:
    """The instants of lines, in the lines' order.

    Attributes:
        at_s: To the nearest minute. [s since 1970 UTC]
        kept: Which of the lines they are of.
        complaints: What was wrong with the others, and with their order.
    """

    at_s: Instants
    kept: tuple[int, ...]
    complaints: tuple[str, ...]


def read_stamps(
    lines: Sequence[tuple[int, list[str]]], name: str, clock: ZoneInfo | None
) -> Stamps:
    """Return the instants in the first cells of `lines`.

    Args:
        name: The column's name; instants of a column that ends in `utc` need no offset.
        clock: The time zone of other instants without an offset, if they may have none.

    Raises:
        ValueError: Most lines have none; the message names the first and the remedy.
    """
    default: tzinfo | None = UTC if name.lower().endswith("utc") else clock
    faults: list[str] = []
    kept: list[int] = []
    found: list[datetime] = []
    seen: Counter[datetime] = Counter()
    for index, (number, row) in enumerate(lines):
        try:
            at = _instant(row[0].strip(), default, seen)
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            continue
        kept.append(index)
        found.append(at)
    if 2 * len(faults) >= max(len(lines), 1):
        raise ValueError(faults[0] if faults else "no line fits the header")
    seconds = np.array([at.timestamp() for at in found])
    at_s = (np.round(seconds / _MINUTE_S) * _MINUTE_S).astype(np.int64)
    complaints = [*_unread(faults), *_mixed(found), *_disorder(at_s)]
    return Stamps(at_s, tuple(kept), tuple(complaints))


def _instant(text: str, default: tzinfo | None, seen: Counter[datetime]) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text[:30]!r} is not an ISO instant such as 2026-01-31T13:00:00Z"
        raise ValueError(message) from None
    if at.year not in _YEARS:
        raise ValueError(f"the year of {text[:30]!r} is not credible")
    if at.tzinfo is not None:
        return at
    if default is None:
        raise ValueError(
            f"{text[:30]!r} says no time zone; write it as 2026-01-31T13:00:00Z,"
            " call the column timestamp_utc, or give --timezone"
        )
    seen[at] += 1  # the clock shows an hour twice when summer time ends
    return at.replace(tzinfo=default, fold=int(seen[at] > 1))


def _unread(faults: Sequence[str]) -> list[str]:
    if not faults:
        return []
    return [f"{len(faults)} lines are left out ({faults[0]})"]


def _mixed(instants: Sequence[datetime]) -> list[str]:
    offsets = {at.utcoffset() or timedelta() for at in instants}
    if max(offsets) - min(offsets) <= _HOUR:
        return []
    names = ", ".join(str(offset / _HOUR) for offset in sorted(offsets)[:4])
    return [f"time zones are mixed (hours ahead of UTC: {names}); all read as UTC"]


def _disorder(at_s: Instants) -> list[str]:
    steps = np.diff(at_s)
    said = []
    if (steps < 0).any():
        said.append(f"{(steps < 0).sum()} lines are out of order; they were sorted")
    twice = len(at_s) - len(np.unique(at_s))
    if twice:
        said.append(f"{twice} instants stand there more than once")
    return said

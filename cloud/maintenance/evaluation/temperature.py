"""Measured temperature as whole days, for assets that are drawn."""

from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import numpy as np

from cloud.meter_files import MeterFileError
from cloud.meter_files.hours import means
from cloud.meter_files.reading import TEMPERATURE
from cloud.meter_files.table import read_table
from contract.origins import Floats

_HOUR_S: Final = 3600
_LEAST_DAYS: Final = 30


def measured_days(path: Path, timezone: str) -> Floats:
    """Return the temperature outdoors in a weather file, one row of 24 h for each day.

    Days begin at midnight of the zone's clock without summer time; hours that are
    missing are taken from the straight line between their neighbours.

    Raises:
        MeterFileError: The file can't be used; names it and the remedy.
    """
    if timezone not in available_timezones():
        message = f"{timezone!r} is not a time zone; give one such as Europe/Berlin"
        raise MeterFileError(message)
    zone = ZoneInfo(timezone)
    table = read_table(path, zone)
    if TEMPERATURE not in table.columns:
        raise MeterFileError(f"{path}: there is no column {TEMPERATURE} (outdoors, °C)")
    offset_s = _offset_s(zone, int(table.at_s[0]))
    first_s = (int(table.at_s[0]) + offset_s) // (24 * _HOUR_S) * 24 * _HOUR_S
    count = (int(table.at_s[-1]) + offset_s - first_s) // _HOUR_S + 1
    start_s = first_s - offset_s + _HOUR_S * np.arange(count, dtype=np.int64)
    hourly_c = means(table.at_s, table.columns[TEMPERATURE], start_s)
    known = np.isfinite(hourly_c)
    if known.sum() < _LEAST_DAYS * 24:
        raise MeterFileError(f"{path}: {_LEAST_DAYS} days of {TEMPERATURE} are needed")
    filled: Floats = np.interp(start_s, start_s[known], hourly_c[known])
    whole = count // 24 * 24
    return filled[:whole].reshape(-1, 24)


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    at = datetime.fromtimestamp(at_s, zone)
    offset, saved = at.utcoffset(), at.dst()
    if offset is None:
        return 0
    return int(offset.total_seconds()) - (int(saved.total_seconds()) if saved else 0)

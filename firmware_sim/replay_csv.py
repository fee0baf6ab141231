"""The CSV files of a replay directory: rows, numbers, hours, or what is wrong where."""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import isfinite, nan
from pathlib import Path
from typing import Final

_MOST_DEG: Final = 180.0


class ReplayError(ValueError):
    """The directory does not hold what is asked for; the message names the place."""


def rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of the file with its line number.

    Raises:
        ReplayError: The file can't be read, or a needed column is missing.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = [n for n in needed if n not in (reader.fieldnames or ())]
            if missing:
                raise ReplayError(f"{path}: no column {', '.join(missing)}")
            for row in reader:
                yield reader.line_num, {k: v or "" for k, v in row.items() if k}
    except OSError as error:
        raise ReplayError(f"{path}: {error.strerror}") from error


def number(path: Path, line: int, column: str, cell: str) -> float:
    """Return the number of 0 or more in `cell`.

    Raises:
        ReplayError: It is none.
    """
    value = _float(cell)
    if not isfinite(value) or value < 0:
        raise ReplayError(f"{path}:{line}: {column}: not a number of 0 or more: {cell}")
    return value


def signed(path: Path, line: int, column: str, cell: str) -> float:
    """Return the number in `cell`, which may be below 0.

    Raises:
        ReplayError: It is none.
    """
    value = _float(cell)
    if not isfinite(value) or abs(value) > _MOST_DEG:
        raise ReplayError(f"{path}:{line}: {column}: not a number of degrees: {cell}")
    return value


def hour_ms(path: Path, line: int, cell: str) -> int:
    """Return the start of a whole UTC hour. [ms since 1970 UTC].

    Raises:
        ReplayError: It is none.
    """
    try:
        at = datetime.fromisoformat(cell)
    except ValueError:
        at = None
    if at is None or at.utcoffset() != timedelta(0) or at.timestamp() % 3600:
        raise ReplayError(f"{path}:{line}: timestamp_utc: not a whole UTC hour: {cell}")
    return int(at.timestamp()) * 1000


def _float(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return nan

"""A CSV file of numbers over time: one line an instant, one column a series."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from cloud.meter_files.building import Floats, Instants
from cloud.meter_files.stamps import read_stamps

_MISSING: Final = frozenset({"", "nan", "na", "n/a", "null", "none", "-"})
_OTHER_DELIMITERS: Final = (";", "\t", "|")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")

Line = tuple[int, list[str]]
"""A line's number in its file, and its cells."""


class MeterFileError(ValueError):
    """A file can't be used; the message names it, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a file, oldest first.

    Attributes:
        at_s: The instants, strictly ascending. [s since 1970 UTC]
        columns: One value an instant; NaN where there is none.
        faults: What was wrong with a column's cells, by its name.
        complaints: What was wrong with lines and instants.
    """

    at_s: Instants
    columns: Mapping[str, Floats]
    faults: Mapping[str, tuple[str, ...]]
    complaints: tuple[str, ...]


def read_table(path: Path, clock: ZoneInfo | None) -> Table:
    """Return the numbers in the CSV file at `path`.

    Args:
        clock: The time zone of instants without an offset, if they may have none.

    Raises:
        MeterFileError: There is no table in it.
    """
    header, lines = read_lines(path)
    whole = [line for line in lines if len(line[1]) == len(header)]
    complaints = list(_ragged(path, lines, len(header)))
    try:
        stamps = read_stamps(whole, header[0], clock)
    except ValueError as error:
        raise MeterFileError(f"{path}: {error}") from error
    complaints += [f"{path.name}: {text}" for text in stamps.complaints]
    at_s, place = np.unique(stamps.at_s, return_inverse=True)
    kept = [whole[index] for index in stamps.kept]
    columns, faults = {}, {}
    for number, name in enumerate(header[1:], 1):
        values, said = _numbers(kept, number)
        columns[name], twice = _merged(values, place, len(at_s))
        faults[name] = (*said, *twice)
    return Table(at_s, columns, faults, tuple(complaints))


def read_lines(path: Path) -> tuple[list[str], list[Line]]:
    """Return the header of the CSV file at `path`, and its lines that hold anything.

    Raises:
        MeterFileError: It is no text, empty, or not separated by commas.
    """
    reader = csv.reader(StringIO(_text(path), newline=""))
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise MeterFileError(f"{path}: line {reader.line_num}: {error}") from error
    filled = [(number, row) for number, row in rows if any(map(str.strip, row))]
    if not filled:
        raise MeterFileError(f"{path}: it is empty; the first line names the columns")
    (number, header), lines = filled[0], filled[1:]
    width = max(len(header) - _empty_at_end(header), 1)
    names = [name.strip() for name in header[:width]]
    _check_header(path, number, names)
    if not lines:
        raise MeterFileError(f"{path}: there is no line after the header")
    return names, [(number, _cut(row, width)) for number, row in lines]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise MeterFileError(f"{path}: {error.strerror}") from error
    if raw.startswith(_UTF16):
        raise MeterFileError(f"{path}: it is UTF-16 text; save it as UTF-8")
    if b"\0" in raw:
        raise MeterFileError(f"{path}: it is not text; save it as CSV in UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"{path}: line {line}: it is not UTF-8 text; save it as UTF-8"
        raise MeterFileError(message) from error


def _check_header(path: Path, number: int, names: Sequence[str]) -> None:
    place = f"{path}: line {number}"
    if len(names) < 2:
        for delimiter in _OTHER_DELIMITERS:
            if delimiter in names[0]:
                raise MeterFileError(
                    f"{place}: columns are separated by {delimiter!r};"
                    " save the file with commas"
                )
        raise MeterFileError(f"{place}: there is one column only; separate by commas")
    for position, name in enumerate(names, 1):
        if not name and position > 1:
            raise MeterFileError(f"{place}: column {position} has no name; give it one")
        if name in names[: position - 1]:
            raise MeterFileError(f"{place}: two columns are called {name!r}")


def _empty_at_end(cells: Sequence[str]) -> int:
    filled = [index for index, cell in enumerate(cells) if cell.strip()]
    return len(cells) - 1 - filled[-1] if filled else len(cells)


def _cut(row: list[str], width: int) -> list[str]:
    """Return the row without the empty cells that stand past its header's width."""
    return row[:width] if not any(map(str.strip, row[width:])) else row


def _ragged(path: Path, lines: Sequence[Line], width: int) -> list[str]:
    odd = [(number, row) for number, row in lines if len(row) != width]
    if not odd:
        return []
    number, row = odd[0]
    return [
        f"{path.name}: {len(odd)} lines do not have {width} cells and are left out"
        f" (line {number} has {len(row)})"
    ]


def _numbers(lines: Sequence[Line], column: int) -> tuple[Floats, list[str]]:
    values = np.full(len(lines), np.nan)
    wrong: list[tuple[int, str]] = []
    for index, (number, row) in enumerate(lines):
        cell = row[column].strip()
        try:
            value = float(cell)
        except ValueError:
            value = np.inf
        if isfinite(value):
            values[index] = value
        elif cell.lower() not in _MISSING:
            wrong.append((number, cell))
    if not wrong:
        return values, []
    number, cell = wrong[0]
    return values, [
        f"{len(wrong)} cells are not numbers and are left out"
        f" (line {number}: {cell[:20]!r})"
    ]


def _merged(values: Floats, place: Instants, count: int) -> tuple[Floats, list[str]]:
    """Return one value an instant; instants with different values are unknown."""
    if len(values) == count:
        merged = np.empty(count)
        merged[place] = values
        return merged, []
    low, high = np.full(count, np.nan), np.full(count, np.nan)
    np.fmin.at(low, place, values)
    np.fmax.at(high, place, values)
    differs = low < high
    if not differs.any():
        return low, []
    return np.where(differs, np.nan, low), [
        f"{differs.sum()} instants are given twice with different values"
        " and are left out"
    ]

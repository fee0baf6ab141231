"""Reports: one engine, and one template in each file beside it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

Row = Mapping[str, object]

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Report:
    """A filled-in report.

    Attributes:
        name: Of the file it is kept in, without ending.
        about: What the figures rest on: period, place, prices.
        totals: The figures of the whole.
        sections: Tables by name; rows of one table have the same columns.
    """

    name: str
    about: Row
    totals: Row
    sections: Mapping[str, Sequence[Row]]


def as_json(report: Report) -> dict[str, object]:
    """Return the report as one JSON object."""
    return {**report.about, "totals": report.totals, **report.sections}


def as_csv(report: Report) -> str:
    """Return the report as one table; the first column names the section."""
    sections = {"totals": [report.totals], **report.sections}
    columns: dict[str, None] = {}
    for rows in sections.values():
        for row in rows:
            columns |= dict.fromkeys(row)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["section", *columns])
    for section, rows in sections.items():
        for row in rows:
            cells = [row.get(column) for column in columns]
            writer.writerow([section, *map(_harmless, cells)])
    return text.getvalue()


def _harmless(cell: object) -> object:
    """A name that a spreadsheet would take for a formula is told as text."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell

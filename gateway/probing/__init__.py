"""Finding devices: who answers on a line, what it is likely to be, and its tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Table = Mapping[str, str | int | float | list[str]]
"""A table of gateway.toml."""

Step = Callable[[str, int], None]
"""Told of each step: where the search is, and how many steps it took."""


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered.

    Attributes:
        where: Its place on the line, in a technician's words.
        line: The line's table, without its name.
        device: The device's table, without name and line; None if nobody knows it.
        title: What it is, or why that is not known.
        certainty: How sure that is: `certain`, `likely`, `possible` or `unknown`.
        also: Other models it may be.
        values: What it shows, each in words.
        notes: What a technician should know besides.
    """

    where: str
    line: Table
    device: Table | None
    title: str
    certainty: str
    also: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, object]:
        """Return the device as JSON values."""
        device = {} if self.device is None else dict(self.device)
        return {
            "where": self.where,
            "line": dict(self.line),
            "unit": device.get("unit"),
            "model": device.get("model"),
            "title": self.title,
            "certainty": self.certainty,
            "also": list(self.also),
            "values": list(self.values),
            "notes": list(self.notes),
        }

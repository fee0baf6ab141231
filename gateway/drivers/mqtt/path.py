"""Paths into JSON: `$.a.b[0]["c d"]`. They only look up; nothing is computed."""

import re
from dataclasses import dataclass
from typing import Final, Self

MOST_STEPS: Final = 16

_STEP: Final = re.compile(
    r"""\.([^\W\d][\w-]*) | \[\s*(\d{1,6})\s*\] | \[\s*"([^"\]]*)"\s*\]"""
    r""" | \[\s*'([^'\]]*)'\s*\]""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A compiled path; a step is the key of an object or the place in a list."""

    text: str
    steps: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the path that `text` spells.

        Raises:
            ValueError: It spells none; the message says where.
        """
        if not text.startswith("$"):
            raise ValueError(f"{text!r} is no path; it starts with $, as $.meter.power")
        steps: list[str | int] = []
        at = 1
        while at < len(text):
            found = _STEP.match(text, at)
            if found is None:
                raise ValueError(
                    f"{text!r} is no path from {text[at:]!r} on; write .name, [0] or"
                    ' ["any name"]'
                )
            name, place, double, single = found.groups()
            steps.append(int(place) if place else name or double or single or "")
            at = found.end()
        if len(steps) > MOST_STEPS:
            raise ValueError(f"{text!r} has more than {MOST_STEPS} steps")
        return cls(text, tuple(steps))

    def value(self, parsed: object) -> object:
        """Return what is there in `parsed`, None for nothing."""
        for step in self.steps:
            match parsed, step:
                case dict(), str() if step in parsed:
                    parsed = parsed[step]
                case list(), int() if step < len(parsed):
                    parsed = parsed[step]
                case _:
                    return None
        return parsed

"""Lists on a command line: `1-20,31` and `N,E`."""

from typing import Any

import click


class Numbers(click.ParamType[list[int]]):
    """Whole numbers and ranges of them, joined by commas."""

    name = "numbers"

    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[int]:
        """Return the numbers in their order, each once."""
        if isinstance(value, list):
            return value
        found: dict[int, None] = {}
        for part in str(value).split(","):
            first, dash, last = part.strip().partition("-")
            if not first.isdecimal() or (dash and not last.isdecimal()):
                self.fail(f"{part!r} is no number; write 1,2,3 or 1-20", param, ctx)
            numbers = range(int(first), int(last or first) + 1)
            if not numbers or numbers[0] < self._low or numbers[-1] > self._high:
                words = f"{part!r} is not within {self._low} to {self._high}"
                self.fail(words, param, ctx)
            found.update(dict.fromkeys(numbers))
        return list(found)


class Words(click.ParamType[list[str]]):
    """Some of a few words, joined by commas."""

    name = "words"

    def __init__(self, *known: str) -> None:
        self._known = known

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[str]:
        """Return the words in their order, each once."""
        if isinstance(value, list):
            return value
        words = [part.strip().upper() for part in str(value).split(",")]
        for word in words:
            if word not in self._known:
                self.fail(f"{word!r} is none of {', '.join(self._known)}", param, ctx)
        return list(dict.fromkeys(words))

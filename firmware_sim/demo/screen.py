"""What a person watching the demo sees, all of it on stderr."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_PLAIN_EVERY_S: Final = 10.0


class Screen:
    """Lines and progress bars; without a terminal, a line now and then."""

    def __init__(self) -> None:
        self.console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self.started = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start of the demo."""
        return time.monotonic() - self.started

    def say(self, text: str) -> None:
        """Print one line with the time since the start."""
        self.console.print(f"[dim]{self.elapsed_s:6.1f} s[/dim]  {text}")

    def show(self, text: str) -> None:
        """Print `text` as it is."""
        self.console.print(text, markup=False)

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator["Bar"]:
        """Show a bar until the block ends."""
        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        with progress:
            yield Bar(self, progress, progress.add_task(title, total=total), title)


class Bar:
    """One bar that moves."""

    def __init__(
        self, screen: Screen, progress: Progress, task: TaskID, title: str
    ) -> None:
        self._screen = screen
        self._progress = progress
        self._task = task
        self._title = title
        self._last_line_s = 0.0

    def at(self, done: int, note: str, *, of: int | None = None) -> None:
        """Move to `done`, of a new total if given; `note` says where that is."""
        text = f"{self._title} · {note}"
        self._progress.update(self._task, completed=done, description=text, total=of)
        if self._progress.disable and self._is_time():
            self._screen.say(text)

    def _is_time(self) -> bool:
        if self._screen.elapsed_s - self._last_line_s < _PLAIN_EVERY_S:
            return False
        self._last_line_s = self._screen.elapsed_s
        return True


def simulated(at: datetime) -> str:
    """Return a simulated instant as people read it."""
    return at.strftime("%Y-%m-%d %H:%M")

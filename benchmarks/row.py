"""One row of the table: our figure, the peer's or the limit, and what was aimed at."""

import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """What one comparison gave.

    Attributes:
        ratio: Ours by the peer's, higher is better; with `at_most`, lower is.
        at_most: The ratio may not be greater than `target`, instead of not less.
    """

    work: str
    ours: str
    peer: str
    ratio: float
    target: float
    at_most: bool = False

    @property
    def passed(self) -> bool:
        """Whether the target is met."""
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


class SkippedError(Exception):
    """The row cannot be measured here; the message says why."""


def medians(rounds: int, *runs: Callable[[], float]) -> list[float]:
    """Return each run's median over `rounds`, taking turns so that all suffer alike."""
    figures: list[list[float]] = [[] for _ in runs]
    for number in range(rounds):
        order = range(len(runs)) if number % 2 == 0 else reversed(range(len(runs)))
        for place in order:
            gc.collect()
            figures[place].append(runs[place]())
    return [median(taken) for taken in figures]


def best(rounds: int, *runs: Callable[[], float]) -> list[float]:
    """Return each run's greatest figure over `rounds`, taking turns.

    Beside a limit of physics, what other programs took from the processor is no part of
    the answer.
    """
    figures: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for run, taken in zip(runs, figures, strict=True):
            taken.append(run())
    return [max(taken) for taken in figures]


@contextmanager
def folder() -> Iterator[Path]:
    """Yield an empty folder on a real disk."""
    with tempfile.TemporaryDirectory(prefix="voltonic-bench-", dir="/var/tmp") as name:
        yield Path(name)


@contextmanager
def program(module: str, *arguments: str) -> Iterator[dict[str, Any]]:
    """Start ``python -m module`` and yield the JSON of the first line it prints."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline() or "{}")
        finally:
            process.terminate()
            process.wait(10)


def result_of(module: str, *arguments: str) -> dict[str, Any]:
    """Return the JSON that ``python -m module`` prints."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer

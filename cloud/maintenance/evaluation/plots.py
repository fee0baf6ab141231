"""Pictures of drawn assets: each day's excess, and when the drift was found."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from cloud.analytics.maintenance.course import Course
from cloud.analytics.maintenance.robust import Floats
from cloud.analytics.maintenance.trial import DRIFT, RAMPS_DAYS, Draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK: Final = "#1d2433"
_ACCENT: Final = "#0f766e"
_ALARM: Final = "#b3291c"
_SHOWN: Final = 4


def draw(kind: str, drawn: Sequence[Draw], folder: Path) -> Path:
    """Draw the first assets of a kind as a PNG; return its path."""
    from matplotlib.figure import Figure

    shown = drawn[:_SHOWN]
    figure = Figure(figsize=(12, 2.6 * len(shown)), layout="constrained")
    grid = figure.subplots(len(shown), 2, squeeze=False, sharey=True)
    for (sudden, slow), asset in zip(grid, shown, strict=True):
        _course(sudden, asset, RAMPS_DAYS[0])
        _course(slow, asset, RAMPS_DAYS[1])
    grid[0, 0].set_title(f"{kind}: {100 * DRIFT:.0f} % worse at once", loc="left")
    grid[0, 1].set_title("worse within 30 days", loc="left")
    path = folder / f"{kind}.png"
    figure.savefig(path, dpi=100)
    return path


def _course(axes: "Axes", asset: Draw, ramp: int) -> None:
    course = asset.courses[ramp]
    days = np.arange(len(course.excess)) - asset.onset
    axes.plot(days, 100 * course.excess, ".", color=_INK, alpha=0.35, ms=3)
    axes.plot(days, 100 * _levels(course), color=_ACCENT, lw=1.3)
    axes.axvline(0, color=_INK, lw=0.8, ls=":")
    for rise in course.rises:
        axes.axvline(rise.found - asset.onset, color=_ALARM, lw=1)
    axes.axhline(100 * DRIFT, color=_INK, lw=0.6, ls="--")
    axes.set_ylim(-30, 45)
    axes.set_ylabel("worse [%]")
    axes.set_xlabel("days since the drift began")


def _levels(course: Course) -> Floats:
    levels = np.full(len(course.excess), np.nan)
    for day in np.flatnonzero(np.isfinite(course.excess)):
        levels[day] = course.level(slice(max(0, int(day) - 13), int(day) + 1))
    return levels

"""A picture of a building with anomalies in it, and of what was told."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from cloud.analytics.anomaly.course import HOUR_S, Floats
from cloud.analytics.anomaly.episode import Kind
from cloud.anomalies.evaluation.trial import Trial
from contract.calendar import DAY_S

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK: Final = "#1d2433"
_COLOURS: Final = {
    Kind.STUCK: "#6b7280",
    Kind.SPIKE: "#ef4444",
    Kind.NIGHT_LOAD: "#6d28d9",
    Kind.DRIFT: "#f59e0b",
    Kind.PHASE_IMBALANCE: "#0f766e",
    Kind.MISSING: "#9ca3af",
}


def draw(trial: Trial, folder: Path) -> Path:
    """Draw the first draw of a building: the load, what was put in, what was told.

    Returns:
        The file in `folder`, a PNG.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    _load(above, trial)
    _episodes(below, trial)
    path = folder / f"{_file_name(trial.building.building_id)}.png"
    figure.savefig(path, dpi=110)
    return path


def _file_name(building: str) -> str:
    kept = [each if each.isalnum() or each in "-_." else "_" for each in building]
    return "".join(kept).lstrip(".") or "_"


def _load(axes: "Axes", trial: Trial) -> None:
    at = trial.course.start_s / DAY_S
    axes.plot(
        at, trial.example.load_kw, color="#dc2626", lw=0.5, label="with anomalies"
    )
    axes.plot(at, trial.course.load_kw, color=_INK, lw=0.5, label="as measured")
    axes.set_ylabel("kW")
    axes.set_ylim(0, _top(trial.example.load_kw))
    axes.legend(loc="upper right", ncols=2)
    axes.set_title(trial.building.building_id)


def _top(load_kw: Floats) -> float:
    return 1.1 * float(np.nanmax(load_kw))


def _episodes(axes: "Axes", trial: Trial) -> None:
    rows = {
        "put in": [
            (hit.injected.kind, hit.injected.start_s, hit.injected.end_s)
            for hit in trial.example.score.hits
        ],
        "told": [(e.kind, e.start_s, e.end_s) for e in trial.example.told],
        "told untouched": [(e.kind, e.start_s, e.end_s) for e in trial.untouched],
    }
    for row, spans in enumerate(rows.values()):
        for kind, start_s, end_s in spans:
            shown = max(end_s - start_s, 12 * HOUR_S) / DAY_S
            span = (start_s / DAY_S, shown)
            axes.broken_barh([span], (row - 0.35, 0.7), color=_COLOURS[kind])
    axes.xaxis_date("UTC")  # days since 1970, as the instants are
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    for kind in (Kind.STUCK, Kind.SPIKE, Kind.NIGHT_LOAD, Kind.DRIFT):
        axes.plot(
            [], [], color=_COLOURS[kind], lw=6, label=kind.value.replace("_", " ")
        )
    axes.legend(loc="upper right", ncols=4)

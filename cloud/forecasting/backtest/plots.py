"""A picture of how a building was forecast."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from cloud.analytics.forecast_error import QUANTILES, Band
from cloud.forecasting.backtest.judging import Judged, is_told
from cloud.forecasting.backtest.ours import MODELS, OURS
from contract.origins import Floats, Instants

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FORTNIGHT_H: Final = 14 * 24
_SMALLEST_KW: Final = 1e-6
_INK: Final = "#1d2433"
_ACCENT: Final = "#0f766e"
_COLOURS: Final = dict(
    zip(
        MODELS,
        ("#9ca3af", "#c084fc", "#60a5fa", "#f59e0b", "#ef4444", _ACCENT),
        strict=True,
    )
)


def draw(judged: Judged, folder: Path) -> Path | None:
    """Draw a fortnight, the error by hour and the quantiles of a building as a PNG.

    Returns:
        The file in `folder`, or None where no model says anything of the building.
    """
    from matplotlib.figure import Figure

    if not judged.scores:
        return None
    figure = Figure(figsize=(12, 8), layout="constrained")
    grid = figure.add_gridspec(2, 2, height_ratios=(1.2, 1))
    _fortnight(figure.add_subplot(grid[0, :]), judged)
    _by_hour(figure.add_subplot(grid[1, 0]), judged)
    _reliability(figure.add_subplot(grid[1, 1]), judged)
    path = folder / f"{_file_name(judged.name)}.png"
    figure.savefig(path, dpi=110)
    return path


def _file_name(building: str) -> str:
    kept = [each if each.isalnum() or each in "-_." else "_" for each in building]
    return "".join(kept).lstrip(".") or "_"


def _fortnight(axes: "Axes", judged: Judged) -> None:
    """Draw the fortnight in the middle of the test."""
    model = OURS if OURS in judged.bands else list(judged.bands)[-1]
    band = judged.bands[model]
    clock_s, measured_kw = judged.clock_s.ravel(), judged.measured_kw.ravel()
    order = np.argsort(clock_s, kind="stable")
    known = order[is_told(band).ravel()[order]]
    middle = max(len(known) // 2 - _FORTNIGHT_H // 2, 0)
    shown = known[middle : middle + _FORTNIGHT_H]
    at = clock_s[shown].astype("datetime64[s]")
    quantiles_kw = band.quantiles_kw.reshape(-1, len(QUANTILES))[shown]
    axes.fill_between(
        at,
        quantiles_kw[:, 0],
        quantiles_kw[:, -1],
        color=_ACCENT,
        alpha=0.2,
        linewidth=0,
        label="80 % band",
    )
    axes.plot(at, band.point_kw.ravel()[shown], color=_ACCENT, label=model, lw=1.3)
    axes.plot(at, measured_kw[shown], color=_INK, label="measured", lw=1.1)
    axes.set_title(f"{judged.name}: measured and forecast", loc="left")
    axes.set_ylabel("load [kW]")
    axes.margins(x=0)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False)
    days = np.unique(at.astype("datetime64[D]"))[::2]
    axes.set_xticks(days, [f"{day.item():%a %d %b}" for day in days])
    axes.grid(alpha=0.25)


def _by_hour(axes: "Axes", judged: Judged) -> None:
    """Draw the error of each lead hour, or of each hour of the day."""
    leads = judged.measured_kw.shape[1]
    day_ahead = leads > 1
    group = (
        np.broadcast_to(np.arange(leads, dtype=np.int64), judged.measured_kw.shape)
        if day_ahead
        else judged.clock_s // 3_600 % 24
    )
    mean_kw = max(float(np.nanmean(judged.measured_kw)), _SMALLEST_KW)
    for model, band in judged.bands.items():
        rmse = 100 * _rmse_by(group, judged.measured_kw - band.point_kw) / mean_kw
        width = 2.0 if model == OURS else 1.1
        axes.plot(
            np.arange(1, 25) - (not day_ahead), rmse, color=_COLOURS[model], lw=width
        )
        axes.lines[-1].set_label(model)
    axes.set_title(
        "error by lead hour" if day_ahead else "error by hour of the day", loc="left"
    )
    axes.set_xlabel("hours after midnight" if day_ahead else "hour")
    axes.set_ylabel("RMSE by mean load [%]")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize="small", frameon=False, ncols=2)
    axes.grid(alpha=0.25)


def _rmse_by(group: Instants, error_kw: Floats) -> Floats:
    known = np.isfinite(error_kw)
    squares = np.bincount(group[known], weights=error_kw[known] ** 2, minlength=24)
    counts = np.bincount(group[known], minlength=24)
    return np.sqrt(np.where(counts > 0, squares / np.maximum(counts, 1), np.nan))


def _reliability(axes: "Axes", judged: Judged) -> None:
    """Draw how often what came lay below each quantile, beside how often it should."""
    nominal = 100 * np.array(QUANTILES)
    axes.plot((0, 100), (0, 100), color=_INK, lw=0.8, ls=":")
    for model, band in judged.bands.items():
        width = 2.0 if model == OURS else 1.1
        axes.plot(nominal, _below(judged, band), "o-", color=_COLOURS[model], lw=width)
    axes.set_title("quantiles: said and observed", loc="left")
    axes.set_xlabel("quantile [%]")
    axes.set_ylabel("measured below it [%]")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.grid(alpha=0.25)


def _below(judged: Judged, band: Band) -> Floats:
    known = np.isfinite(judged.measured_kw)
    measured_kw = judged.measured_kw[known]
    below: Floats = (measured_kw[:, None] <= band.quantiles_kw[known]).mean(axis=0)
    return 100 * below

"""A picture of how an array was forecast."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cloud.forecasting.solar_backtest.judging import OURS, Judged, Tried

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN: Final = 120  # daylight hours: about ten days
_INK: Final = "#1d2433"
_ACCENT: Final = "#0f766e"


def draw(judged: Judged, folder: Path) -> Path:
    """Draw some days of both horizons as a PNG in `folder`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 7), layout="constrained")
    upper, lower = figure.subplots(2, 1)
    _days(upper, judged.next_hour, f"{judged.plant.name}: the next hour")
    _days(lower, judged.day_ahead, "the next day, forecast at midnight")
    kept = [c if c.isalnum() or c in "-_." else "_" for c in judged.plant.name]
    path = folder / f"{''.join(kept).lstrip('.') or '_'}.png"
    figure.savefig(path, dpi=110)
    return path


def _days(axes: "Axes", tried: Tried, title: str) -> None:
    middle = max(len(tried.made_kw) // 2 - _SHOWN // 2, 0)
    shown = slice(middle, middle + _SHOWN)
    at = tried.start_s[shown].astype("datetime64[s]")
    band = tried.bands[OURS]
    low, _, high = band.quantiles_kw[shown].T
    axes.fill_between(at, low, high, color=_ACCENT, alpha=0.2, label="80 % band")
    axes.plot(at, band.point_kw[shown], color=_ACCENT, label="forecast")
    axes.plot(at, tried.made_kw[shown], ".", color=_INK, label="made", markersize=4)
    axes.set_title(title)
    axes.set_ylabel("kW")
    axes.legend(loc="upper right")

"""What a test on arrays found, as plain data and as tables to read."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Final

import numpy as np
from rich import box
from rich.table import Table

from cloud.forecasting.solar_backtest.judging import MEASURED_SUN, Judged, Tried
from cloud.forecasting.solar_backtest.plants import PlantFiles

DAYLIGHT: Final = "hours in whose middle the sun's centre is above the horizon"

_HORIZONS: Final = {"next_hour": "the next hour", "day_ahead": "the next day, by hour"}
_NAMES: Final = {MEASURED_SUN: "ours, told the sun that was measured later"}


def as_json(files: PlantFiles, judged: Sequence[Judged]) -> dict[str, object]:
    """Return all figures and complaints as JSON can say them."""
    return {
        "daylight": DAYLIGHT,
        "plants": {
            each.plant.name: {
                "next_hour": _models(each.next_hour),
                "day_ahead": _models(each.day_ahead),
            }
            for each in judged
        },
        "left_out": dict(files.unusable),
        "complaints": {
            each.name: list(each.complaints) for each in files.plants if each.complaints
        },
    }


def tables(judged: Sequence[Judged]) -> Iterator[Table]:
    """Yield a table for each horizon."""
    for horizon, title in _HORIZONS.items():
        table = Table("array", "model", title=title, box=box.SIMPLE)
        for head in (
            "RMSE kW",
            "of the mean %",
            "better than yesterday %",
            "pinball %",
            "in 80 % band %",
        ):
            table.add_column(head, justify="right")
        for each in judged:
            tried: Tried = getattr(each, horizon)
            for model, figures in _models(tried).items():
                cells = [_cell(value) for name, value in figures.items()][:5]
                table.add_row(each.plant.name, _NAMES.get(model, model), *cells)
        yield table


def _models(tried: Tried) -> dict[str, dict[str, float | int | None]]:
    mean_kw = float(tried.made_kw.mean())
    found: dict[str, dict[str, float | int | None]] = {}
    for model, score in tried.scores.items():
        has_band = bool(np.isfinite(tried.bands[model].quantiles_kw).any())
        found[model] = {
            "rmse_kw": _known(score.nrmse * mean_kw / 100),
            "nrmse": _known(score.nrmse),
            "better_than_yesterday_percent": _known(tried.better_percent(model)),
            "pinball": _known(score.pinball) if has_band else None,
            "coverage80": _known(score.coverage80) if has_band else None,
            "nmbe": _known(score.nmbe),
            "hours": len(tried.made_kw),
        }
    return found


def _known(value: float) -> float | None:
    return round(value, 4) if isfinite(value) else None


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if value < 1 else f"{value:.1f}"

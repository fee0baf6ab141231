"""What a backtest found, as plain data."""

from dataclasses import asdict
from math import isfinite
from typing import Final

import numpy as np

from cloud.analytics.forecast_error import Score
from cloud.forecasting.backtest.judging import Judged
from cloud.forecasting.backtest.run import Outcome

FIGURES: Final = ("nrmse", "mape", "nmbe", "pinball", "coverage80")
"""What is told of each model, all in per cent."""

Figures = dict[str, float | int | None]


def medians(outcome: Outcome) -> dict[str, Figures]:
    """Return the median over the buildings, by model."""
    found: dict[str, Figures] = {}
    for model in outcome.question.models:
        scores = [b.scores[model] for b in outcome.buildings if model in b.scores]
        if scores:
            found[model] = _median(scores)
    return found


def as_json(outcome: Outcome) -> dict[str, object]:
    """Return all figures and complaints as JSON can say them."""
    question = outcome.question
    return {
        "train_until": question.train_until.isoformat(),
        "horizon": question.lead_hours,
        "cold_start_days": question.own_days,
        "median": medians(outcome),
        "buildings": {each.name: _building(each) for each in outcome.buildings},
        "left_out": dict(outcome.left_out),
        "complaints": {
            name: list(said) for name, said in outcome.complaints.items() if said
        },
        "file_complaints": list(outcome.file_complaints),
    }


def _building(judged: Judged) -> dict[str, Figures]:
    return {
        model: {**_figures(each), "hours": judged.hours}
        for model, each in judged.scores.items()
    }


def _median(scores: list[Score]) -> Figures:
    rows = [asdict(each) for each in scores]
    median = {
        name: float(np.median(known))
        for name in FIGURES
        if (known := [row[name] for row in rows if isfinite(row[name])])
    }
    return _with_cv_rmse({**median, "buildings": len(scores)})


def _figures(found: Score) -> Figures:
    return _with_cv_rmse(asdict(found))


def _with_cv_rmse(figures: Figures) -> Figures:
    """Return `figures` rounded, with the NRMSE under its other name as well."""
    rounded = {name: _rounded(value) for name, value in figures.items()}
    return {**rounded, "cv_rmse": rounded.get("nrmse")}


def _rounded(value: float | int | None) -> float | int | None:
    if value is None or isinstance(value, int):
        return value
    return round(value, 3) if isfinite(value) else None

"""What a backtest found, as tables to read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from rich import box
from rich.table import Table

from cloud.forecasting.backtest.report import FIGURES, Figures, medians
from cloud.forecasting.backtest.run import Outcome

_HEADS: Final = {
    "nrmse": "NRMSE %",
    "mape": "MAPE %",
    "nmbe": "NMBE %",
    "pinball": "pinball %",
    "coverage80": "in 80 % band %",
}


def tables(outcome: Outcome) -> Iterator[Table]:
    """Yield the medians by model, then the NRMSE of each building."""
    if not outcome.buildings:
        return
    question = outcome.question
    what = "the next hour" if question.lead_hours == 1 else "the next day, by hour"
    table = Table(
        "model",
        title=f"{what}, from {question.train_until} on;"
        f" median of {len(outcome.buildings)} buildings",
        box=box.SIMPLE,
    )
    for name in FIGURES:
        table.add_column(_HEADS[name], justify="right")
    for model, figures in medians(outcome).items():
        table.add_row(model, *(_cell(figures, name) for name in FIGURES))
    yield table
    each = Table("NRMSE % by building", box=box.SIMPLE)
    each.columns[0].no_wrap = True
    for model in question.models:
        each.add_column(model.replace("_", " "), justify="right")
    for judged in outcome.buildings:
        cells = [
            f"{judged.scores[model].nrmse:.1f}" if model in judged.scores else "–"
            for model in question.models
        ]
        each.add_row(judged.name, *cells)
    yield each


def complaints(outcome: Outcome) -> Iterator[str]:
    """Yield what is wrong with files and buildings, a line each."""
    for said in outcome.file_complaints:
        yield f"! {said}"
    for name, why in outcome.left_out.items():
        yield f"! {name} is left out: {why}"
    by_text: dict[str, list[str]] = defaultdict(list)
    for name, remarks in outcome.complaints.items():
        for said in remarks:
            by_text[said].append(name)
    for said, names in by_text.items():
        yield f"! {', '.join(names)}: {said}"


def _cell(figures: Mapping[str, object] | Figures, name: str) -> str:
    value = figures.get(name)
    return f"{value:.2f}" if isinstance(value, int | float) else "–"

"""What the evaluation found, as tables to read."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from rich import box
from rich.table import Table

from cloud.analytics.anomaly.episode import Kind
from cloud.anomalies.evaluation.report import KINDS, Figures, counts
from cloud.anomalies.evaluation.run import Outcome

_HEADS: Final = {
    "injected": "put in",
    "recall": "recall %",
    "precision": "precision %",
    "false_per_meter_month": "false / month",
    "untouched_per_meter_month": "untouched / month",
    "delay_hours_median": "found after h",
    "delay_hours_p90": "90 % within h",
}


def tables(outcome: Outcome) -> Iterator[Table]:
    """Yield the figures by kind, then recall and false episodes of each building."""
    if not outcome.trials:
        return
    yield _by_kind(outcome)
    yield _by_building(outcome)


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


def _by_kind(outcome: Outcome) -> Table:
    table = Table(
        "kind",
        title=f"{outcome.draws} draws × {len(outcome.trials)} meters,"
        " rates per meter and month",
        box=box.SIMPLE,
    )
    for head in _HEADS.values():
        table.add_column(head, justify="right")
    for kind in KINDS:
        figures = counts(outcome.trials, [kind]).figures()
        table.add_row(kind.value.replace("_", " "), *_cells(figures))
    table.add_section()
    table.add_row("all", *_cells(counts(outcome.trials, Kind).figures()))
    return table


def _by_building(outcome: Outcome) -> Table:
    table = Table("recall % by building", box=box.SIMPLE)
    table.columns[0].no_wrap = True
    for kind in KINDS:
        table.add_column(kind.value.replace("_", " "), justify="right")
    table.add_column("false / month", justify="right")
    for trial in outcome.trials:
        recalls = [counts([trial], [kind]).figures() for kind in KINDS]
        overall = counts([trial], Kind).figures()
        table.add_row(
            trial.building.building_id,
            *(_cell(figures, "recall") for figures in recalls),
            _cell(overall, "false_per_meter_month"),
        )
    return table


def _cells(figures: Figures) -> Iterator[str]:
    return (_cell(figures, name) for name in _HEADS)


def _cell(figures: Figures, name: str) -> str:
    value = figures[name]
    if value is None:
        return "–"
    if name in {"recall", "precision"}:
        return f"{100 * value:.1f}"
    return f"{value:.2f}" if name.endswith("month") else f"{value:.0f}"

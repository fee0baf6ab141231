"""A whole backtest: every building, every model, on as many cores as there are."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from datetime import date
from typing import Final

from cloud.forecasting.backtest.baselines import BASELINES, Told, told
from cloud.forecasting.backtest.case import (
    Case,
    NotTestableError,
    case_of,
    remarks,
)
from cloud.forecasting.backtest.judging import Judged, judged
from cloud.forecasting.backtest.ours import MODELS, OURS, ours
from cloud.forecasting.pool import processes
from cloud.meter_files import MeterFiles

_OURS_WEIGHT: Final = 25.0  # a naive forecast's time is 1
Progress = Callable[[float, str], None]
"""Is told the share that is done, 0 to 1, and what was done last."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be tried.

    Attributes:
        train_until: The local day at whose beginning the test begins.
        lead_hours: 1 or 24.
        models: Some of `MODELS`.
        own_days: In a cold start, how many days of its own past a building has.
    """

    train_until: date
    lead_hours: int
    models: tuple[str, ...] = MODELS
    own_days: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        buildings: Those that could be tested, in the order of the file.
        left_out: Why others could not, by building.
        complaints: What is wrong with the data of those that could, by building.
        file_complaints: What concerns a whole file.
    """

    question: Question
    buildings: tuple[Judged, ...]
    left_out: Mapping[str, str]
    complaints: Mapping[str, tuple[str, ...]]
    file_complaints: tuple[str, ...]


def run(files: MeterFiles, question: Question, progress: Progress) -> Outcome:
    """Return how well each model forecasts each building of `files`."""
    cases: list[Case] = []
    left_out = dict(files.unusable)
    complaints: dict[str, tuple[str, ...]] = {}
    for building in files.buildings:
        try:
            case = case_of(
                building, question.train_until, question.lead_hours, question.own_days
            )
        except NotTestableError as error:
            said = (*building.complaints, str(error))
            left_out[building.building_id] = "; ".join(said)
            continue
        cases.append(case)
        complaints[building.building_id] = (*building.complaints, *remarks(case))
    found = _all_told(cases, question, progress) if cases else {}
    buildings = []
    for case in cases:
        name = case.series.name
        result = judged(case, {model: found[model, name] for model in question.models})
        buildings.append(result)
        complaints[name] += result.remarks
    return Outcome(question, tuple(buildings), left_out, complaints, files.complaints)


def _all_told(
    cases: Sequence[Case], question: Question, progress: Progress
) -> dict[tuple[str, str], Told]:
    """Return the forecasts by model and building."""
    simple = tuple(model for model in question.models if model in BASELINES)
    weights = len(simple), _OURS_WEIGHT * (OURS in question.models)
    share = weights[0] / max(sum(weights), 1)
    found: dict[tuple[str, str], Told] = {}
    if simple:
        with processes(len(cases)) as pool:
            futures = {pool.submit(_baselines, simple, case): case for case in cases}
            for done, future in enumerate(as_completed(futures), 1):
                name = futures[future].series.name
                found |= {
                    (model, name): each for model, each in future.result().items()
                }
                progress(share * done / len(cases), name)
    if OURS in question.models:
        told_by_us = ours(
            cases, lambda part: progress(share + (1 - share) * part, OURS)
        )
        found |= {(OURS, name): each for name, each in told_by_us.items()}
    return found


def _baselines(models: Sequence[str], case: Case) -> dict[str, Told]:
    return {model: told(model, case) for model in models}

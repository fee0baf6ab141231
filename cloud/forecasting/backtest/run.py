"""A whole backtest: every building, every model, on as many cores as there are."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, as_completed
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

_OURS_WEIGHT: Final = 5.0
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
    """Return the forecasts by model and building.

    The baselines are made in processes of their own while ours are made in this one.
    """
    baselines = tuple(model for model in question.models if model in BASELINES)
    share = _Share(progress, len(cases) if baselines else 0, 0.0)
    found: dict[tuple[str, str], Told] = {}
    with processes(len(cases)) as pool:
        futures = {
            pool.submit(_baselines, baselines, case): case.series.name
            for case in cases
            if baselines
        }
        for future in futures:
            future.add_done_callback(share.one_done)
        if OURS in question.models:
            share.ours_weight = _OURS_WEIGHT * len(cases)
            told_by_us = ours(cases, share.ours_done)
            found |= {(OURS, name): each for name, each in told_by_us.items()}
        for future in as_completed(futures):
            name = futures[future]
            found |= {(model, name): each for model, each in future.result().items()}
    return found


@dataclass(slots=True)
class _Share:
    """Adds up how far the baselines and ours are."""

    progress: Progress
    baselines: int
    ours_weight: float
    done: int = 0
    ours: float = 0.0

    def one_done(self, _future: Future[dict[str, Told]]) -> None:
        self.done += 1
        self._tell("baselines")

    def ours_done(self, share: float) -> None:
        self.ours = share
        self._tell(OURS)

    def _tell(self, what: str) -> None:
        total = max(self.baselines + self.ours_weight, 1.0)
        self.progress((self.done + self.ours * self.ours_weight) / total, what)


def _baselines(models: Sequence[str], case: Case) -> dict[str, Told]:
    return {model: told(model, case) for model in models}

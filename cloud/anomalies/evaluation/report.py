"""What the evaluation found, as plain data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cloud.analytics.anomaly.episode import Kind
from cloud.anomalies.evaluation.run import Outcome
from cloud.anomalies.evaluation.trial import Trial

KINDS: Final = (Kind.STUCK, Kind.SPIKE, Kind.NIGHT_LOAD, Kind.DRIFT)
"""What is put in."""

Figures = dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of anomalies of one kind, or of all, over draws and buildings.

    Attributes:
        false: Episodes told of the loads with anomalies that none of them explains.
        untouched: Episodes told of the loads as they are.
        months: Meters × months that `untouched` is of; `false` is of so many a draw.
    """

    injected: int
    found: int
    false: int
    repeated: int
    untouched: int
    months: float
    draws: int
    delays_h: tuple[float, ...]

    def figures(self) -> Figures:
        """Return shares, rates per meter and month, and hours until found."""
        delays = np.array(self.delays_h)
        return {
            "injected": self.injected,
            "found": self.found,
            "recall": _share(self.found, self.injected),
            "precision": _share(self.found, self.found + self.false),
            "false_per_meter_month": _share(self.false, self.months * self.draws),
            "untouched_per_meter_month": _share(self.untouched, self.months),
            "repeated": self.repeated,
            "delay_hours_median": _rounded(np.median(delays)) if len(delays) else None,
            "delay_hours_p90": (
                _rounded(np.quantile(delays, 0.9)) if len(delays) else None
            ),
        }


def counts(trials: Sequence[Trial], kinds: Iterable[Kind]) -> Counts:
    """Return what became of anomalies of these kinds in `trials`."""
    wanted = frozenset(kinds)
    scores = [score for trial in trials for score in trial.scores]
    hits = [h for score in scores for h in score.hits if h.injected.kind in wanted]
    delays = [hit.delay_h for hit in hits if hit.delay_h is not None]
    return Counts(
        injected=len(hits),
        found=len(delays),
        false=sum(e.kind in wanted for score in scores for e in score.false),
        repeated=sum(e.kind in wanted for score in scores for e in score.repeated),
        untouched=sum(e.kind in wanted for trial in trials for e in trial.untouched),
        months=sum(trial.months for trial in trials),
        draws=len(trials[0].scores) if trials else 0,
        delays_h=tuple(delays),
    )


def as_json(outcome: Outcome) -> dict[str, object]:
    """Return all figures and complaints as JSON can say them."""
    return {
        "draws": outcome.draws,
        "seed": outcome.seed,
        "meters": len(outcome.trials),
        "overall": counts(outcome.trials, Kind).figures(),
        "kinds": {
            each.value: counts(outcome.trials, [each]).figures() for each in KINDS
        },
        "buildings": {
            each.building.building_id: _building(each) for each in outcome.trials
        },
        "left_out": dict(outcome.left_out),
        "complaints": {
            name: list(said) for name, said in outcome.complaints.items() if said
        },
        "file_complaints": list(outcome.file_complaints),
    }


def _building(trial: Trial) -> dict[str, object]:
    return {
        "overall": counts([trial], Kind).figures(),
        "kinds": {each.value: counts([trial], [each]).figures() for each in KINDS},
    }


def _share(part: float, whole: float) -> float | None:
    return _rounded(part / whole) if whole else None


def _rounded(value: float | np.floating) -> float:
    return round(float(value), 3)

"""What a gateway says of its forecasts in the status of each upload."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import Final, Self

LEAD_HOURS: Final = 24

Four = tuple[float, float, float, float]
"""Mean, 10, 50 and 90 % quantile of a mean load. [kW]"""


class State(StrEnum):
    """Who makes the forecasts that are told."""

    RUNNING = "running"
    """The newest model that was accepted."""
    SHADOW = "shadow"
    """The naive forecasts, while the first model proves itself beside them."""
    FALLBACK = "fallback"
    """An earlier model or the naive forecasts: a newer model did worse."""
    NAIVE = "naive"
    """The naive forecasts: there is no model, or it may not be used."""


@dataclass(frozen=True, slots=True)
class RunningModel:
    """The model whose forecasts are told."""

    version: int
    kind: str
    trained_at: str
    expires_at: str
    rolls_back_to: int | None = None


@dataclass(frozen=True, slots=True)
class Shadow:
    """A model that runs beside; it takes over at `until_s` if it is not worse."""

    version: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """A model that is not run.

    Attributes:
        version: None where the manifest could not be read.
        why: In words.
        does_worse: It was tried and did worse than the naive forecasts; else it is not
            what it should be.
    """

    version: int | None
    why: str
    does_worse: bool


@dataclass(frozen=True, slots=True)
class Errors:
    """CV(RMSE) of the forecasts whose hours were measured lately. [%]."""

    hours: int
    ours_percent: float
    naive_percent: float


@dataclass(frozen=True, slots=True)
class ForecastStatus:
    """How the forecasts of a gateway are, and the newest of them.

    Attributes:
        why: In words why `state` is not `running`, or why there is no forecast.
        note: In words what else a person should know, e.g. that memory was lost.
        ran: The newest version that was ever accepted.
        refused: The last model that was refused, until another one is accepted.
        origin_s: When the forecast was made; its first hour begins there.
        day_ahead: One entry for each of 24 hours.
        next_hour_errors, day_ahead_errors: Of the forecasts that are told.
    """

    state: State
    why: str = ""
    note: str = ""
    model: RunningModel | None = None
    ran: int | None = None
    shadow: Shadow | None = None
    refused: Refusal | None = None
    origin_s: int | None = None
    next_hour: Four | None = None
    day_ahead: tuple[Four, ...] = ()
    next_hour_errors: Errors | None = None
    day_ahead_errors: Errors | None = None

    def to_json(self) -> dict[str, object]:
        """Return the status as JSON values; loads have three decimals."""
        values = asdict(self)
        rows = [[round(kw, 3) for kw in hour] for hour in self.day_ahead]
        first = self.next_hour
        told = None if first is None else [round(kw, 3) for kw in first]
        return {**values, "next_hour": told, "day_ahead": rows}

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return the status in `raw`; what it does not know is passed over.

        Raises:
            ValueError: A field is missing or malformed.
        """
        match raw:
            case {
                "state": str(state),
                "why": str(why),
                "note": str(note),
                "model": model,
                "ran": None | int() as ran,
                "shadow": shadow,
                "refused": refused,
                "origin_s": None | int() as origin_s,
                "next_hour": next_hour,
                "day_ahead": [*day_ahead],
                "next_hour_errors": next_hour_errors,
                "day_ahead_errors": day_ahead_errors,
            } if len(day_ahead) in (0, LEAD_HOURS):
                return cls(
                    State(state),
                    why,
                    note,
                    None if model is None else _model(model),
                    ran,
                    None if shadow is None else _shadow(shadow),
                    None if refused is None else refusal_in(refused),
                    origin_s,
                    None if next_hour is None else _four(next_hour),
                    tuple(map(_four, day_ahead)),
                    None if next_hour_errors is None else _errors(next_hour_errors),
                    None if day_ahead_errors is None else _errors(day_ahead_errors),
                )
        raise ValueError("a forecast's status lacks a field, or one is malformed")


def _model(raw: object) -> RunningModel:
    match raw:
        case {
            "version": int(version),
            "kind": str(kind),
            "trained_at": str(trained_at),
            "expires_at": str(expires_at),
            "rolls_back_to": None | int() as rolls_back_to,
        }:
            return RunningModel(version, kind, trained_at, expires_at, rolls_back_to)
    raise ValueError("model: malformed")


def _shadow(raw: object) -> Shadow:
    match raw:
        case {"version": int(version), "until_s": int(until_s)}:
            return Shadow(version, until_s)
    raise ValueError("shadow: malformed")


def refusal_in(raw: object) -> Refusal:
    """Return the refusal in JSON values.

    Raises:
        ValueError: A field is missing or malformed.
    """
    match raw:
        case {
            "version": None | int() as version,
            "why": str(why),
            "does_worse": bool(does_worse),
        }:
            return Refusal(version, why, does_worse)
    raise ValueError("refused: malformed")


def _errors(raw: object) -> Errors:
    match raw:
        case {
            "hours": int(hours),
            "ours_percent": int() | float() as ours,
            "naive_percent": int() | float() as naive,
        } if isfinite(ours) and isfinite(naive):
            return Errors(hours, float(ours), float(naive))
    raise ValueError("errors: malformed")


def _four(raw: object) -> Four:
    match raw:
        case [
            int() | float() as mean,
            int() | float() as low,
            int() | float() as middle,
            int() | float() as high,
        ] if all(map(isfinite, (mean, low, middle, high))):
            return float(mean), float(low), float(middle), float(high)
    raise ValueError("a forecast is mean, 10, 50 and 90 % quantile")

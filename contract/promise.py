"""What is promised of a model, wherever it is published; kept in its bundle too."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Final, Self

from contract import features
from contract.bundle import Part

_DAY_KINDS: Final = 2
_QUARTERS: Final = 96
_MOST_NAMES: Final = 200


class ManifestError(ValueError):
    """The model is not what it should be; the message says why."""


class Kind(StrEnum):
    """How a model was made."""

    OURS = "ours"
    """Several members, scale-free, with the naive forecasts beside them."""
    SEED_FOREST = "seed_forest"
    """A random forest on five features; it forecasts the next hour only."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """What is promised of the forecasts of one horizon.

    Attributes:
        lead_hours: How many hours are forecast, 1 or 24.
        columns, members: Names of the columns of what goes in and comes out.
        error_percent: CV(RMSE) of forecasts made as if the last weeks had been lived.
        naive_error_percent: The same of the best naive forecast, on the same hours.
    """

    lead_hours: int
    columns: tuple[str, ...]
    members: tuple[str, ...]
    error_percent: float
    naive_error_percent: float


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised of one model.

    Attributes:
        feature_version: `features.VERSION` it was trained with.
        day_ahead: None where it forecasts the next hour only.
        trained_at: When it was made, ISO 8601 with offset; from and to are the first
            and the last instant of what it was trained on.
        rows: Hours it was trained on.
        left_out: In words what was not trained on.
        quarter_shape: As `quarters.quarter_kw` takes it, 2 × 96.
        quarter_miss: What 80 % of the quarter hours stay within, around their share of
            the hour, by scale.
    """

    kind: Kind
    feature_version: int
    next_hour: Horizon
    day_ahead: Horizon | None
    trained_at: str
    trained_from: str
    trained_to: str
    rows: int
    left_out: tuple[str, ...]
    quarter_shape: tuple[tuple[float, ...], ...]
    quarter_miss: float

    @property
    def parts(self) -> set[Part]:
        """What its bundle has to hold."""
        parts = {Part.PROMISE, Part.NEXT_HOUR, Part.NEXT_HOUR_TRACK}
        if self.day_ahead is not None:
            parts |= {Part.DAY_AHEAD, Part.DAY_AHEAD_TRACK}
        return parts

    def to_bytes(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Return what `to_bytes` was called on.

        Raises:
            ManifestError: A field is missing, unknown or malformed.
        """
        return cls.from_json(values_in(raw))

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return what the JSON values `raw` say.

        Raises:
            ManifestError: A field is missing, unknown or malformed.
        """
        match raw:
            case {
                "kind": str(kind),
                "feature_version": int(feature_version),
                "next_hour": next_hour,
                "day_ahead": day_ahead,
                "trained_at": str(trained_at),
                "trained_from": str(trained_from),
                "trained_to": str(trained_to),
                "rows": int(rows),
                "left_out": left_out,
                "quarter_shape": [*shapes],
                "quarter_miss": int() | float() as quarter_miss,
                **unknown,
            } if not unknown and len(shapes) == _DAY_KINDS and kind in set(Kind):
                return cls(
                    Kind(kind),
                    feature_version,
                    _horizon(next_hour),
                    None if day_ahead is None else _horizon(day_ahead),
                    instant("trained_at", trained_at),
                    instant("trained_from", trained_from),
                    instant("trained_to", trained_to),
                    rows,
                    _names("left_out", left_out),
                    tuple(map(_shape, shapes)),
                    _number("quarter_miss", quarter_miss),
                )
        raise ManifestError(
            "not the promise of a model: a field is missing or malformed"
        )


def check_features(promise: Promise) -> None:
    """Return if this code makes the rows that the model wants.

    Raises:
        ManifestError: It makes others.
    """
    if promise.feature_version != features.VERSION:
        raise ManifestError(
            f"wants features v{promise.feature_version}, here is v{features.VERSION}"
        )
    is_seed = promise.kind is Kind.SEED_FOREST
    columns = features.SEED_NEXT_HOUR if is_seed else features.NEXT_HOUR
    wanted = [(promise.next_hour, 1, columns)]
    if promise.day_ahead is not None:
        wanted.append((promise.day_ahead, features.LEAD_HOURS, features.DAY_AHEAD))
    for horizon, lead_hours, names in wanted:
        if (horizon.lead_hours, horizon.columns) != (lead_hours, names):
            raise ManifestError(
                f"wants other columns or hours than {lead_hours} h ahead has here"
            )


def values_in(raw: bytes) -> object:
    """Return the JSON values in `raw`.

    Raises:
        ManifestError: It is not JSON.
    """
    try:
        values: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"not JSON: {error}") from error
    return values


def _horizon(raw: object) -> Horizon:
    match raw:
        case {
            "lead_hours": int(lead_hours),
            "columns": columns,
            "members": members,
            "error_percent": int() | float() as error,
            "naive_error_percent": int() | float() as naive_error,
            **unknown,
        } if not unknown:
            return Horizon(
                lead_hours,
                _names("columns", columns),
                _names("members", members),
                _number("error_percent", error),
                _number("naive_error_percent", naive_error),
            )
    raise ManifestError("a horizon is malformed")


def _names(field: str, raw: object) -> tuple[str, ...]:
    if isinstance(raw, list) and len(raw) <= _MOST_NAMES:
        names = tuple(name for name in raw if isinstance(name, str))
        if len(names) == len(raw):
            return names
    raise ManifestError(f"{field}: not a list of words")


def _shape(raw: object) -> tuple[float, ...]:
    match raw:
        case [*values] if len(values) == _QUARTERS:
            return tuple(_number("quarter_shape", value) for value in values)
    raise ManifestError(f"quarter_shape: not {_QUARTERS} numbers for each kind of day")


def _number(field: str, raw: object) -> float:
    match raw:
        case bool():
            pass
        case int() | float() if isfinite(raw):
            return float(raw)
    raise ManifestError(f"{field}: not a number")


def instant(field: str, raw: str) -> str:
    """Return `raw` if it is an instant with its offset.

    Raises:
        ManifestError: It is none; the message names the field.
    """
    try:
        offset = datetime.fromisoformat(raw).utcoffset()
    except ValueError as error:
        raise ManifestError(f"{field}: {error}") from error
    if offset is None:
        raise ManifestError(f"{field}: has no offset from UTC")
    return raw

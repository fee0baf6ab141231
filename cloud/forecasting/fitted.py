"""What a model is made from, and everything that is published of it."""

from dataclasses import dataclass

from cloud.domain.load_history import LoadHistory
from contract.calendar import Calendar
from contract.origins import Floats


class ParityError(Exception):
    """ONNX computes something else than scikit-learn."""


class TooLittleHistoryError(ValueError):
    """Nothing can be trained yet; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Part:
    """The model of one horizon.

    Attributes:
        lead_hours: 1 or 24.
        onnx: Input `row` (float32, n × columns), output `members` (n × members), both
            scale-free.
        columns: Names of the columns of `row`.
        members: Names of the columns of `members`.
        track: `contract.track.Track` as bytes, after forecasts that were made as if
            the last weeks had been lived.
        error_percent: CV(RMSE) of those forecasts. [%]
        naive_error_percent: The same for the best naive forecast. [%]
    """

    lead_hours: int
    onnx: bytes
    columns: tuple[str, ...]
    members: tuple[str, ...]
    track: bytes
    error_percent: float
    naive_error_percent: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is published for one node.

    Attributes:
        day_ahead: None where the next hour only is forecast.
        quarter_shape: As `contract.quarters.quarter_kw` takes it, 2 × 96.
        trained_from_s, trained_to_s: First and last instant of what was trained on.
        rows: Hours that were trained on.
        left_out: In words what was not trained on, with counts.
    """

    next_hour: Part
    day_ahead: Part | None
    quarter_shape: Floats
    trained_from_s: int
    trained_to_s: int
    rows: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one node.

    Attributes:
        history: Its load, on the 15-minute grid.
        calendar: Of its site.
        outdoor_c: Temperature outdoors, one entry for each interval of the history;
            NaN where not known. [°C]
    """

    history: LoadHistory
    calendar: Calendar
    outdoor_c: Floats

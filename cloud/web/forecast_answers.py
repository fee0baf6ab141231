"""The shapes of answers about forecasts; null is what nobody knows."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

SourceName = Literal["gateway", "cloud", "naive"]

_NEXT_HOUR: dict[str, JsonValue] = {
    "node": "campus/science/physics",
    "predicted_kw": 41.2,
    "interval": {"low_kw": 37.9, "high_kw": 44.8, "level": 0.8},
    "for_hour": {
        "start": "2026-03-02T09:00:00+00:00",
        "end": "2026-03-02T10:00:00+00:00",
    },
    "is_peak": False,
    "source": "gateway",
    "why_naive": None,
    "model": {
        "name": "several members and the naive forecasts, weighed by how they did",
        "version": 4,
        "trained_at": "2026-03-01T02:10:00+00:00",
        "backtest_cv_rmse_percent": 6.9,
        "naive_cv_rmse_percent": 8.6,
    },
}


class ForecastInterval(BaseModel):
    """Where the load will lie, with this probability."""

    low_kw: float
    high_kw: float
    level: float


class ForecastHour(BaseModel):
    """The hour that is forecast."""

    start: str
    end: str


class ForecastModel(BaseModel):
    """What the forecast was made with, and how well that did in its backtest.

    A naive forecast has no version.
    """

    name: str
    version: int | None
    trained_at: str | None
    backtest_cv_rmse_percent: float | None
    naive_cv_rmse_percent: float | None


class NextHour(BaseModel):
    """The mean load of the next hour."""

    model_config = ConfigDict(json_schema_extra={"example": _NEXT_HOUR})

    node: str
    predicted_kw: float
    interval: ForecastInterval
    for_hour: ForecastHour
    is_peak: bool = Field(description="Above nine of ten hours of the last 30 days.")
    source: SourceName = Field(description="Who made it.")
    why_naive: str | None = Field(description="Why no model made it.")
    model: ForecastModel


class ForecastRow(BaseModel):
    """Mean load of one hour or quarter hour: the value to use, and quantiles."""

    start: str
    mean_kw: float
    p10_kw: float
    p50_kw: float
    p90_kw: float


class DayAhead(BaseModel):
    """The next 24 hours; `level` is how likely the load is from p10 to p90."""

    node: str
    timezone: str
    made_at: str
    source: SourceName
    why_naive: str | None
    model: ForecastModel
    level: float
    grid_min: int
    rows: list[ForecastRow]


class EarlierForecast(BaseModel):
    """The first forecast that was made of an hour."""

    lead_hours: int
    source: SourceName
    mean_kw: float
    p10_kw: float
    p50_kw: float
    p90_kw: float


class PastRow(BaseModel):
    """One hour that is over."""

    start: str
    measured_kw: float | None
    forecast: EarlierForecast | None


class Past(BaseModel):
    """The last 48 hours: what was measured, and had been forecast a day before."""

    node: str
    timezone: str
    rows: list[PastRow]


class NaiveError(BaseModel):
    """The naive forecast that missed least on the same hours."""

    name: str
    nrmse_percent: float | None
    mape_percent: float | None


class HorizonError(BaseModel):
    """What forecasts missed by, as shares of the mean load.

    NRMSE is the root mean square error, NMBE the mean of measured − forecast. MAPE is
    over hours of more than 1 % of the mean load. Without a load there are none.
    """

    mape_percent: float | None
    nrmse_percent: float | None
    nmbe_percent: float | None
    pinball_percent: float | None
    coverage80_percent: float | None = Field(
        description="Share of the hours that lay from p10 to p90; 80 is right."
    )
    hours: int
    forecasts: int
    sources: dict[str, int]
    naive: NaiveError | None


class LeadError(BaseModel):
    """What forecasts missed by, so many hours ahead."""

    lead_hour: int
    nrmse_percent: float | None
    coverage80_percent: float | None
    naive_nrmse_percent: float | None


class Accuracy(BaseModel):
    """What was told against what came; null before anything came."""

    node: str
    days: int
    next_hour: HorizonError | None
    day_ahead: HorizonError | None
    by_lead_hour: list[LeadError]


class BacktestError(BaseModel):
    """CV(RMSE) of forecasts made as if the last weeks had been lived."""

    members: list[str]
    error_percent: float
    naive_error_percent: float


class ModelVersion(BaseModel):
    """One published version of a node's model."""

    version: int
    kind: str
    name: str
    published_at: str
    trained_at: str
    trained_from: str
    trained_to: str
    rows: int
    left_out: list[str]
    expires_at: str
    is_expired: bool
    rolls_back_to: int | None
    next_hour: BacktestError
    day_ahead: BacktestError | None


class ShadowModel(BaseModel):
    """A model that runs beside the one that is told, to prove itself."""

    version: int
    until: str


class RefusedModel(BaseModel):
    """A model that the gateway does not run, and why."""

    version: int | None
    why: str
    does_worse: bool


class LatelyError(BaseModel):
    """CV(RMSE) that the gateway measured itself."""

    hours: int
    ours_percent: float
    naive_percent: float


class GatewayModel(BaseModel):
    """How the node's gateway says its forecasts are."""

    gateway: str
    state: Literal["running", "shadow", "fallback", "naive"] | None
    why: str | None
    version: int | None
    shadow: ShadowModel | None
    refused: RefusedModel | None
    next_hour_errors: LatelyError | None
    day_ahead_errors: LatelyError | None


class LastTraining(BaseModel):
    """How the last training ended; the note says why nothing was published."""

    ended_at: str
    state: str
    note: str | None


class Versions(BaseModel):
    """The models of a node, newest first, and who runs them."""

    node: str
    versions: list[ModelVersion]
    runs: Literal["gateway", "cloud", "nobody"]
    gateway: GatewayModel | None
    last_training: LastTraining | None


class Predictions(BaseModel):
    """24 hours as clients of the energy intelligence platform read them.

    `mape` is of the last 28 days' forecasts; `validation_score` is 100 − NRMSE of the
    same, at least 0, or of the model's backtest before there are any.
    """

    node: str
    generated_at: int = Field(description="Seconds since 1970 UTC.")
    source: SourceName
    model: ForecastModel
    confidence_level: float
    predictions: "list[PredictedHour]"
    mape: float | None
    validation_score: float | None


class PredictedHour(BaseModel):
    """The energy of one hour, in kWh, with its interval."""

    timestamp: int = Field(description="When it begins, in seconds since 1970 UTC.")
    predicted_consumption: float
    lower_bound: float
    upper_bound: float

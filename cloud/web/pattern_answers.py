"""The shapes of answers about what is usual; null is what nobody knows."""

from pydantic import BaseModel, Field


class Figures(BaseModel):
    """What a load is at its least and most, of whole days of the last 8 weeks.

    Base and near peak are medians of the days' 2.5 and 97.5 % quantiles.
    """

    days: int
    base_kw: float
    near_peak_kw: float
    mean_kw: float
    peak_kw: float
    load_factor: float | None
    peak_hour: int | None = Field(
        description="Hour on the wall that most often is a working day's highest."
    )
    peak_share: float | None


class ProfileHour(BaseModel):
    """One hour on the wall."""

    hour: int
    mean_kw: float | None
    p10_kw: float | None
    p90_kw: float | None


class DayProfile(BaseModel):
    """The usual day of one type."""

    type: str
    days: int
    hours: list[ProfileHour]


class Weekday(BaseModel):
    """The usual hours of a day of the week, in kW."""

    weekday: str
    hours: list[float | None]


class MonthEnergy(BaseModel):
    """The mean of the days that are known of a month."""

    month: str
    days: int
    kwh_per_day: float


class LoadTrend(BaseModel):
    """Sen's slope of weekly means, with its 90 % interval."""

    percent_per_month: float
    low: float
    high: float
    weeks: int
    has_seasons: bool = Field(description="Whether a whole year is there.")
    is_weather_corrected: bool


class WeatherSensitivity(BaseModel):
    """What a degree day outdoors adds."""

    is_heating: bool
    kwh_per_degree_day: float
    error: float = Field(description="Standard error. [kWh/(K·d)]")
    base_c: float
    share: float = Field(description="Of the energy, 0 to 1.")
    days: int


class SavingsOpportunity(BaseModel):
    """Something worth looking at, with what its figure rests on."""

    kind: str
    sentence: str
    how: str
    kwh_per_year: float | None = Field(description="At most.")
    cost_per_year: float | None
    currency: str
    kw: float | None = Field(description="By which the peak would be lower.")
    evidence: dict[str, float]


class Patterns(BaseModel):
    """What is usual for a node's load, and what could be saved there."""

    node: str
    timezone: str
    recent_days: int
    figures: Figures | None
    profiles: list[DayProfile]
    week: list[Weekday]
    months: list[MonthEnergy]
    trend: LoadTrend | None
    weather: list[WeatherSensitivity]
    stands_out: list[str]
    opportunities: list[SavingsOpportunity]
    why_none: str | None

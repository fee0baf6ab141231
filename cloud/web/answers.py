"""The shapes of answers, for the OpenAPI document; null is what nobody knows."""

from pydantic import BaseModel


class Line(BaseModel):
    """A node in a list, with its load."""

    id: int
    path: str
    kind: str
    name: str
    load_kw: float | None
    age_s: float | None


class RoomLine(Line):
    """A room in a list."""

    room_type: str | None
    occupied: bool | None
    temperature_c: float | None
    setback: bool | None


class FloorLine(Line):
    """A floor with its rooms."""

    rooms: list[RoomLine]


class FacultyLine(Line):
    """A faculty with its buildings."""

    buildings: list[Line]


class LoadByKind(BaseModel):
    """What the rooms' load is made of, in kW."""

    base_kw: float | None
    ac_kw: float | None
    light_kw: float | None
    equipment_kw: float | None


class SavedEnergy(BaseModel):
    """What was saved; percent, cost and CO₂ belong to `total_kwh`."""

    power_kw: float | None
    today_kwh: float | None
    total_kwh: float | None
    percent: float | None
    cost: float | None
    currency: str
    co2_kg: float | None


class Meters(BaseModel):
    """How many main meters have been heard of lately, and how many not."""

    reporting: int
    silent: int


class Live(Line):
    """A node's present figures."""

    at: str | None
    load_by_kind: LoadByKind
    unmetered_kw: float | None
    solar_kw: float | None
    saved: SavedEnergy
    efficiency_score: float | None
    meters: Meters
    simulated: bool
    children: list[Line]


class LiveCampus(Live):
    """A site's present figures."""

    faculties: list[FacultyLine]


class LiveBuilding(Live):
    """A building's present figures."""

    floors: list[FloorLine]


class LiveRoom(Live):
    """A room's present figures."""

    room_type: str | None
    occupied: bool | None
    temperature_c: float | None
    setback: bool | None
    scheduled: bool


class LoadRow(BaseModel):
    """One step of a load curve."""

    at: str
    mean_kw: float | None
    energy_kwh: float | None
    peak_kw: float | None
    generated_kwh: float | None
    saved_kwh: float | None
    base_kwh: float | None
    ac_kwh: float | None
    light_kwh: float | None
    equipment_kwh: float | None
    temperature_c: float | None
    occupancy_rate: float | None
    coverage: float | None


class Load(BaseModel):
    """A load curve, oldest first."""

    node: str
    resolution_min: int
    rows: list[LoadRow]


class HourRow(BaseModel):
    """One local hour."""

    hour: str
    mean_kw: float | None
    energy_kwh: float | None
    coverage: float
    temperature_c: float | None
    occupancy_rate: float | None


class Hourly(BaseModel):
    """Hourly averages, oldest first."""

    node: str
    timezone: str
    rows: list[HourRow]


class DayRow(BaseModel):
    """One local day."""

    date: str
    energy_kwh: float | None
    estimated_kwh: float | None
    peak_kw: float | None
    generated_kwh: float | None
    saved_kwh: float | None
    coverage: float | None


class Daily(BaseModel):
    """Daily totals and peaks, oldest first."""

    node: str
    timezone: str
    rows: list[DayRow]


class ComparisonLine(BaseModel):
    """One building; rank 1 uses most."""

    rank: int | None
    id: int
    path: str
    name: str
    energy_kwh: float | None
    area_m2: float | None
    kwh_per_m2: float | None
    saved_kwh: float | None
    saved_percent: float | None


class Comparison(BaseModel):
    """Buildings, greatest use first."""

    node: str
    buildings: list[ComparisonLine]


class MonthTotals(BaseModel):
    """A whole month; energy in kWh, money in the report's currency."""

    energy_kwh: float | None
    estimated_kwh: float | None
    generated_kwh: float | None
    saved_kwh: float | None
    saved_percent: float | None
    cost: float | None
    cost_saved: float | None
    co2_kg: float | None
    co2_saved_kg: float | None
    peak_kw: float | None
    peak_date: str | None
    efficiency_score: float | None
    coverage: float
    simulated: bool


class MonthlyReport(BaseModel):
    """A month of one site, with what its figures rest on."""

    month: str
    node: str
    name: str
    timezone: str
    currency: str
    cost_per_kwh: float
    co2_kg_per_kwh: float
    totals: MonthTotals
    buildings: list[ComparisonLine]
    days: list[DayRow]

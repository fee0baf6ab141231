"""Equipment that does worse than it did, and how long a connection will do."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.analytics.maintenance.finding import FindingKind
from cloud.domain.asset import AssetKind
from cloud.domain.finding import FindingState
from cloud.domain.role import Role
from cloud.facts.capacity import capacity as capacity_facts
from cloud.facts.maintenance import UnknownFindingError
from cloud.facts.maintenance import finding as finding_facts
from cloud.facts.maintenance import maintenance as maintenance_facts
from cloud.maintenance.keeping import dismiss
from cloud.web.auth import requires
from cloud.web.context import now, now_s, platform
from cloud.web.openapi import tag
from cloud.web.problem import ProblemError

bp = APIBlueprint(
    "maintenance",
    __name__,
    url_prefix="/api/v1/analytics",
    abp_tags=[tag("maintenance", "Equipment that does worse, connections that fill")],
)


class NodeQuery(BaseModel):
    """Which part of the campus."""

    node: str | None = Field(
        None,
        max_length=200,
        description="Only this node and those below it.",
        json_schema_extra={"example": "campus/science/physics"},
    )


class CapacityQuery(BaseModel):
    """Which connection."""

    node: str | None = Field(
        None,
        max_length=200,
        description="The node whose connection it is; the campus if none is given.",
        json_schema_extra={"example": "campus/science/physics"},
    )


class FindingPath(BaseModel):
    """Which finding."""

    id: int = Field(ge=1, le=2**31 - 1, json_schema_extra={"example": 1})


class Figure(BaseModel):
    """A figure at first, and now; null where it can't be told."""

    name: str = Field(json_schema_extra={"example": "COP"})
    unit: str = Field(json_schema_extra={"example": "1"})
    before: float | None = Field(json_schema_extra={"example": 3.7})
    after: float | None = Field(json_schema_extra={"example": 3.1})


class AssetAnswer(BaseModel):
    """An asset and how it stands; `why_none` says why nothing is known of it."""

    asset: str = Field(json_schema_extra={"example": "campus/science/physics/chiller"})
    node: str
    kind: AssetKind
    name: str
    rated_kw: float | None
    rated_kwh: float | None
    commissioned: str | None
    serviced: str | None
    points: dict[str, str]
    examined: str | None
    judged_days: int
    why_none: str | None
    condition: list[Figure]
    open_findings: int


class DaysUntil(BaseModel):
    """Days until something has to be done: 0 if now, null if never at this pace."""

    likely: float | None = Field(json_schema_extra={"example": 23.0})
    earliest: float | None = Field(json_schema_extra={"example": 18.0})
    latest: float | None = Field(json_schema_extra={"example": 33.0})


class Finding(BaseModel):
    """A lasting change for the worse; `end` is null while it goes on."""

    id: int
    asset: str
    node: str
    name: str
    asset_kind: AssetKind
    kind: FindingKind
    state: FindingState
    start: str
    found: str
    known_until: str
    end: str | None
    change_percent: float = Field(json_schema_extra={"example": 16.2})
    slope_percent_per_day: float
    days_until: DaysUntil
    confidence: float
    sentence: str = Field(
        json_schema_extra={
            "example": "Chiller has taken 16 % more electricity for the same heat or"
            " cold since 12 May 2026: its COP is 3.1 instead of 3.7. At this pace it is"
            " 20 % in 23 days (18 to 33)."
        }
    )
    advice: str


class EvidenceDay(BaseModel):
    """A day against its baseline; `level_percent` is the median of the last days."""

    date: str
    measured_kwh: float | None
    expected_kwh: float | None
    change_percent: float | None
    level_percent: float | None


class Evidence(BaseModel):
    """What a finding rests on; `slope_percent_per_day` is low, likeliest, high."""

    figures: list[Figure]
    days: int
    baseline_days: int
    threshold_percent: float
    slope_percent_per_day: list[float] | None
    series: list[EvidenceDay]


class FindingInFull(Finding):
    """A finding with its evidence."""

    evidence: Evidence


class MaintenanceAnswer(BaseModel):
    """Assets by node, and their newest findings, those found last first."""

    node: str | None
    assets: list[AssetAnswer]
    findings: list[Finding]


class MonthPeak(BaseModel):
    """The highest power of a month; one that is not whole may yet rise."""

    month: str = Field(json_schema_extra={"example": "2026-03"})
    peak_kw: float
    is_whole: bool


class MonthAhead(BaseModel):
    """The peak of a month to come: 10, 50 and 90 % quantile."""

    month: str = Field(json_schema_extra={"example": "2026-04"})
    low_kw: float
    likely_kw: float
    high_kw: float
    exceeds_limit: float | None = Field(description="Probability, 0 to 1.")


class Growth(BaseModel):
    """Growth of the peaks per year: 10, 50 and 90 % quantile."""

    low: float
    likely: float
    high: float


class ExceededBy(BaseModel):
    """By when the limit has been exceeded so probably; null if not in ten years."""

    probability_percent: int = Field(json_schema_extra={"example": 50})
    month: str | None = Field(json_schema_extra={"example": "2029-07"})


class CapacityAnswer(BaseModel):
    """Monthly peaks against the limit of a connection."""

    node: str
    name: str
    timezone: str
    simulated: bool
    limit_kw: float | None
    headroom_kw: float | None
    growth_percent_per_year: Growth | None
    exceeded_by: list[ExceededBy]
    months: list[MonthPeak]
    ahead: list[MonthAhead]
    why_none: str | None


@bp.get("/maintenance", responses={200: MaintenanceAnswer})
def maintenance(query: NodeQuery) -> Response:
    """How assets stand, and which take more energy for the same duty."""
    return jsonify(maintenance_facts(platform().database, query.node))


@bp.get("/maintenance/findings/<int:id>", responses={200: FindingInFull})
def finding(path: FindingPath) -> Response:
    """One finding with its evidence, day by day."""
    return jsonify(_in_full(path.id))


@bp.post("/maintenance/findings/<int:id>/dismissal", responses={201: FindingInFull})
@requires(Role.OPERATOR)
def dismissal(path: FindingPath) -> Response:
    """Say that nothing is wrong; its alert ends."""
    if not dismiss(platform().database, path.id, now_s()):
        raise ProblemError(404, f"there is no finding {path.id}")
    response = jsonify(_in_full(path.id))
    response.status_code = 201
    return response


@bp.get("/capacity", responses={200: CapacityAnswer})
def capacity(query: CapacityQuery) -> Response:
    """Monthly peaks, how they will grow, and when they exceed the limit."""
    return jsonify(capacity_facts(platform().database, now(), query.node))


def _in_full(finding_id: int) -> dict[str, object]:
    try:
        return finding_facts(platform().database, finding_id)
    except UnknownFindingError as error:
        raise ProblemError(404, str(error)) from error

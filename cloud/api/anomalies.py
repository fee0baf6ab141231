"""Anomalies in the load, and what people say of them."""

from typing import Annotated, Any, Self

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cloud.analytics.anomaly import Kind
from cloud.anomalies.feedback import Feedback, give
from cloud.domain.anomaly import State, Verdict
from cloud.domain.role import Role
from cloud.facts.anomaly.told import Question, UnknownAnomalyError
from cloud.facts.anomaly.told import anomalies as anomaly_list
from cloud.facts.anomaly.told import anomaly as anomaly_facts
from cloud.web.auth import principal, requires
from cloud.web.context import now, now_s, platform
from cloud.web.openapi import tag
from cloud.web.params import Instant, check_instant
from cloud.web.problem import ProblemError

bp = APIBlueprint(
    "anomalies",
    __name__,
    url_prefix="/api/v1/analytics/anomalies",
    abp_tags=[tag("anomalies", "What is unusual in the load")],
)


class AnomalyQuery(BaseModel):
    """Which anomalies; all without any parameter."""

    model_config = ConfigDict(populate_by_name=True)

    node: str | None = Field(
        None,
        max_length=200,
        description="Only of this node and those below it.",
        json_schema_extra={"example": "campus/science/physics"},
    )
    start: Instant | None = Field(
        None, alias="from", json_schema_extra={"example": "2026-03-01T00:00:00+05:30"}
    )
    end: Instant | None = Field(
        None, alias="to", json_schema_extra={"example": "2026-04-01T00:00:00+05:30"}
    )
    kind: Kind | None = None
    state: State | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [at for at in (self.start, self.end) if at is not None]
        if len(given) == 1:
            raise ValueError("give both from and to, or none of them")
        if given and check_instant(given[0]) >= check_instant(given[1]):
            raise ValueError("from must lie before to")
        return self

    def question(self) -> Question:
        """Return what is asked for."""
        span_s = None
        if self.start is not None and self.end is not None:
            span_s = int(self.start.timestamp()), int(self.end.timestamp())
        kind = None if self.kind is None else self.kind.value
        state = None if self.state is None else self.state.value
        return Question(self.node, span_s, kind, state)


class AnomalyPath(BaseModel):
    """Which anomaly."""

    id: int = Field(ge=1, le=2**31 - 1, json_schema_extra={"example": 1})


class Anomaly(BaseModel):
    """An anomaly; `end` is null while it goes on, `size_kwh` is above expected."""

    id: int
    node: str
    name: str
    kind: Kind
    state: State
    verdict: Verdict | None
    start: str
    end: str | None
    known_until: str
    found: str
    size_kwh: float | None
    cost: float | None
    currency: str | None
    confidence: float
    sentence: str


class Said(BaseModel):
    """What somebody said of an anomaly."""

    at: str
    author: str
    verdict: Verdict
    note: str | None


class CourseRow(BaseModel):
    """An hour or a day of the load; null is what nobody knows."""

    start: str
    load_kw: float | None
    expected_kw: float | None


class LoadCourse(BaseModel):
    """The load around an anomaly."""

    resolution_min: int
    rows: list[CourseRow]


class AnomalyInFull(Anomaly):
    """An anomaly with the figures behind it, what was said, and the load around it."""

    evidence: dict[str, Any]
    feedback: list[Said]
    course: LoadCourse


class AnomaliesAnswer(BaseModel):
    """The newest anomalies, those found last first."""

    anomalies: list[Anomaly]


class FeedbackBody(BaseModel):
    """What is said of an anomaly."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    note: (
        Annotated[
            str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)
        ]
        | None
    ) = Field(None, examples=["Founders' day: nobody was here"])


@bp.get("", responses={200: AnomaliesAnswer})
def anomalies(query: AnomalyQuery) -> Response:
    """What was unusual in the load, of a node or of everything."""
    return jsonify(anomalies=anomaly_list(platform().database, query.question()))


@bp.get("/<int:id>", responses={200: AnomalyInFull})
def anomaly(path: AnomalyPath) -> Response:
    """One anomaly with the figures behind it and the load around it."""
    return jsonify(_in_full(path.id))


@bp.post("/<int:id>/feedback", responses={201: AnomalyInFull})
@requires(Role.OPERATOR)
def give_feedback(path: AnomalyPath, body: FeedbackBody) -> Response:
    """Say what it was; what is told later heeds it."""
    who = principal()
    said = Feedback(body.verdict, who.name, body.note)
    try:
        give(platform().database, path.id, said, now_s())
    except UnknownAnomalyError as error:
        raise ProblemError(404, str(error)) from error
    response = jsonify(_in_full(path.id))
    response.status_code = 201
    return response


def _in_full(anomaly_id: int) -> dict[str, object]:
    try:
        return anomaly_facts(platform().database, anomaly_id, now())
    except UnknownAnomalyError as error:
        raise ProblemError(404, str(error)) from error

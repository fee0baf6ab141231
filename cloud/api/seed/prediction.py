"""The path of the campus twin for its forecast."""

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.prediction import NoForecastError, next_hour
from cloud.web.context import now, platform
from cloud.web.openapi import tag
from cloud.web.problem import Problem

bp = APIBlueprint("prediction", __name__, abp_tags=[tag("voltonic", "The campus twin")])


class NodeQuery(BaseModel):
    """Which node, if not the campus."""

    node: str | None = Field(
        None, max_length=200, json_schema_extra={"example": "physics"}
    )


class Interval(BaseModel):
    """Where the load will lie, with this probability."""

    low_kw: float
    high_kw: float
    level: float


class Hour(BaseModel):
    """The hour that is forecast."""

    start: str
    end: str


class Model(BaseModel):
    """What the forecast was made with, and how well it did."""

    name: str
    version: int
    trained_at: str
    backtest_cv_rmse_percent: float
    naive_cv_rmse_percent: float


class NextHour(BaseModel):
    """The mean load of the next hour."""

    node: str
    predicted_kw: float
    interval: Interval
    for_hour: Hour
    is_peak: bool
    model: Model


@bp.get("/api/prediction/next-hour", responses={200: NextHour})
def forecast(query: NodeQuery) -> Response:
    """The load of the next hour, with its interval and the model that made it."""
    try:
        return jsonify(next_hour(platform().database, now(), query.node))
    except NoForecastError as error:
        raise Problem(404, str(error)) from error

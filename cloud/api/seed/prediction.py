"""The paths of the seed systems for their forecasts."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.forecast.next_hour import next_hour
from cloud.facts.forecast.predictions import predictions
from cloud.facts.forecast.told import NoForecastError
from cloud.web.context import now, platform
from cloud.web.forecast_answers import NextHour, Predictions
from cloud.web.openapi import tag
from cloud.web.problem import ProblemError

bp = APIBlueprint("prediction", __name__, abp_tags=[tag("voltonic", "The campus twin")])


class NodeQuery(BaseModel):
    """Which node, if not the campus."""

    node: str | None = Field(
        None, max_length=200, json_schema_extra={"example": "physics"}
    )


@bp.get("/api/prediction/next-hour", responses={200: NextHour})
def forecast(query: NodeQuery) -> Response:
    """The load of the next hour, with its interval and the model that made it."""
    try:
        return jsonify(next_hour(platform().database, now(), query.node))
    except NoForecastError as error:
        raise ProblemError(404, str(error)) from error


@bp.get(
    "/api/predictions",
    responses={200: Predictions},
    tags=[tag("hardware", "Devices without a gateway")],
)
def day(query: NodeQuery) -> Response:
    """The next 24 hours with their interval, and how good forecasts were lately."""
    try:
        return jsonify(predictions(platform().database, now(), query.node))
    except NoForecastError as error:
        raise ProblemError(404, str(error)) from error

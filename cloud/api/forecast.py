"""Forecasts, and how well their models did."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.prediction import NoForecastError, next_hour
from cloud.web.answers import NextHour
from cloud.web.context import now, platform
from cloud.web.openapi import tag

bp = APIBlueprint("forecast", __name__, abp_tags=[tag("forecast", "Forecasts")])


class NodeQuery(BaseModel):
    """A node."""

    node: str = Field(
        max_length=200, json_schema_extra={"example": "campus/science/physics"}
    )


class NextHourAnswer(BaseModel):
    """The next hour's forecast, or why there is none yet."""

    next_hour: NextHour | None
    why_none: str | None


@bp.get("/api/v1/forecast/next-hour", responses={200: NextHourAnswer})
def forecast(query: NodeQuery) -> Response:
    """The mean load of the next hour, where a model can tell it."""
    try:
        known = next_hour(platform().database, now(), query.node)
    except NoForecastError as error:
        return jsonify(next_hour=None, why_none=str(error))
    return jsonify(next_hour=known, why_none=None)

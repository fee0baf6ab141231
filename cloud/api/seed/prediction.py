"""The path of the campus twin for its forecast."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.prediction import NoForecastError, next_hour
from cloud.web.answers import NextHour
from cloud.web.context import now, platform
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

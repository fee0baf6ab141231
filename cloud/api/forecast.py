"""Forecasts, how well they do, the models behind them, and what is usual."""

from typing import Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.forecast import accuracy as of_accuracy
from cloud.facts.forecast import day as of_day
from cloud.facts.forecast.next_hour import next_hour
from cloud.facts.forecast.patterns import patterns as usual
from cloud.facts.forecast.told import NoForecastError
from cloud.facts.forecast.versions import versions
from cloud.web.context import now, platform
from cloud.web.forecast_answers import Accuracy, DayAhead, NextHour, Past, Versions
from cloud.web.openapi import tag
from cloud.web.pattern_answers import Patterns

bp = APIBlueprint("forecast", __name__, abp_tags=[tag("forecast", "Forecasts")])

_GRIDS = {"hour": 60, "quarter": 15}


class NodeQuery(BaseModel):
    """A node."""

    node: str = Field(
        max_length=200, json_schema_extra={"example": "campus/science/physics"}
    )


class DayQuery(NodeQuery):
    """A node, and how finely it is told."""

    grid: Literal["hour", "quarter"] = Field(
        "hour", json_schema_extra={"example": "quarter"}
    )


class AccuracyQuery(NodeQuery):
    """A node, and how far to look back."""

    days: int = Field(
        28, ge=1, le=of_accuracy.MOST_DAYS, json_schema_extra={"example": 7}
    )


class NextHourAnswer(BaseModel):
    """The next hour's forecast, or why there is none yet."""

    next_hour: NextHour | None
    why_none: str | None


class DayAnswer(BaseModel):
    """The next 24 hours, or why there is no forecast of them yet."""

    day: DayAhead | None
    why_none: str | None


@bp.get("/api/v1/forecast/next-hour", responses={200: NextHourAnswer})
def forecast(query: NodeQuery) -> Response:
    """The mean load of the next hour: from the gateway, else from the cloud."""
    try:
        known = next_hour(platform().database, now(), query.node)
    except NoForecastError as error:
        return jsonify(next_hour=None, why_none=str(error))
    return jsonify(next_hour=known, why_none=None)


@bp.get("/api/v1/forecast/day", responses={200: DayAnswer})
def day(query: DayQuery) -> Response:
    """The next 24 hours, in hours or quarter hours."""
    grid_min = _GRIDS[query.grid]
    try:
        known = of_day.day(platform().database, now(), query.node, grid_min)
    except NoForecastError as error:
        return jsonify(day=None, why_none=str(error))
    return jsonify(day=known, why_none=None)


@bp.get("/api/v1/forecast/past", responses={200: Past})
def past(query: NodeQuery) -> Response:
    """The last 48 hours as they were, beside what had been forecast for them."""
    return jsonify(of_day.past(platform().database, now(), query.node))


@bp.get("/api/v1/forecast/accuracy", responses={200: Accuracy})
def accuracy(query: AccuracyQuery) -> Response:
    """What the forecasts of the last days missed by, beside the best naive one."""
    database = platform().database
    return jsonify(of_accuracy.accuracy(database, now(), query.node, query.days))


@bp.get("/api/v1/forecast/models", responses={200: Versions})
def models(query: NodeQuery) -> Response:
    """The models of a node: what they promise, who runs them, what was refused."""
    return jsonify(versions(platform().database, now(), query.node))


@bp.get("/api/v1/forecast/patterns", responses={200: Patterns})
def patterns(query: NodeQuery) -> Response:
    """What is usual for a node's load, and what could be saved there."""
    at = platform()
    return jsonify(usual(at.database, now(), query.node, at.prices))

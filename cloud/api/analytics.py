"""Questions about energy over time, one path for each."""

from dataclasses import asdict
from typing import Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field, model_validator

from cloud.facts.comparison import building_comparison
from cloud.facts.energy import daily_totals, load
from cloud.facts.power import mean_power
from cloud.web.answers import Comparison, Daily, Load
from cloud.web.context import platform
from cloud.web.openapi import tag
from cloud.web.params import Span

bp = APIBlueprint(
    "analytics", __name__, abp_tags=[tag("analytics", "Energy and load over time")]
)

_MOST_POWER_S = 7 * 86_400
_MOST_ROWS = 40_000


class NodeSpan(Span):
    """A node and a span of time."""

    node: str = Field(
        max_length=200, json_schema_extra={"example": "campus/science/physics"}
    )


class PowerQuery(NodeSpan):
    """At most a week: every reading of it is looked at."""

    @model_validator(mode="after")
    def _short(self) -> "PowerQuery":
        start_s, end_s = self.span_s()
        if end_s - start_s > _MOST_POWER_S:
            raise ValueError("at most a week; for more, ask for the load")
        return self


class LoadQuery(NodeSpan):
    """A load curve in steps of so many minutes."""

    resolution: Literal["15", "60", "1440"] = Field(
        "60", json_schema_extra={"example": "15"}
    )

    @model_validator(mode="after")
    def _bounded(self) -> "LoadQuery":
        start_s, end_s = self.span_s()
        if (end_s - start_s) / 60 / int(self.resolution) > _MOST_ROWS:
            raise ValueError(f"more than {_MOST_ROWS} rows; ask more coarsely")
        return self


class Power(BaseModel):
    """Mean power from raw readings; `coverage` is the share of meters heard."""

    node: str
    mean_kw: float | None
    points: int
    readings: int
    coverage: float


@bp.get("/api/v1/analytics/power", responses={200: Power})
def power(query: PowerQuery) -> Response:
    """Mean power of a node over a window, from every reading in it."""
    return jsonify(mean_power(platform().database, query.node, query.span_s()))


@bp.get("/api/v1/analytics/load", responses={200: Load})
def load_curve(query: LoadQuery) -> Response:
    """Load of a node in quarter-hours, hours or days."""
    resolution_min = int(query.resolution)
    span_s = query.span_s()
    return jsonify(load(platform().database, query.node, span_s, resolution_min))


@bp.get("/api/v1/analytics/daily", responses={200: Daily})
def daily(query: NodeSpan) -> Response:
    """Energy, peak and savings of each local day that starts in the span."""
    return jsonify(daily_totals(platform().database, query.node, query.span_s()))


@bp.get("/api/v1/analytics/comparison", responses={200: Comparison})
def comparison(query: NodeSpan) -> Response:
    """The buildings below a node, ranked by kWh/m²."""
    return jsonify(
        asdict(building_comparison(platform().database, query.node, query.span_s()))
    )

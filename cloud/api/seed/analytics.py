"""The paths of the campus twin for its history."""

from dataclasses import asdict
from datetime import timedelta
from typing import Final

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import Field

from cloud.facts.comparison import building_comparison
from cloud.facts.energy import daily_totals, hourly_means, zone_of
from cloud.facts.nodes import main_site_path
from cloud.web.answers import Comparison, Daily, Hourly
from cloud.web.context import now, platform
from cloud.web.openapi import tag
from cloud.web.params import LocalSpan

bp = APIBlueprint(
    "seed_analytics", __name__, abp_tags=[tag("voltonic", "The campus twin")]
)

_DAY: Final = timedelta(days=1)
_MONTH: Final = timedelta(days=30)


class SeedQuery(LocalSpan):
    """A building, if not the whole campus, and a span."""

    building: str | None = Field(
        None, max_length=200, json_schema_extra={"example": "physics"}
    )


@bp.get("/api/analytics/hourly", responses={200: Hourly})
def hourly(query: SeedQuery) -> Response:
    """Hourly averages; by default of the last day."""
    database = platform().database
    node = query.building or main_site_path(database)
    zone = query.zone() or zone_of(database, node)
    span_s = query.span_s(zone, now(), _DAY)
    return jsonify(hourly_means(database, node, span_s, zone))


@bp.get("/api/analytics/daily", responses={200: Daily})
def daily(query: SeedQuery) -> Response:
    """Daily totals and peaks; by default of the last 30 days."""
    database = platform().database
    node = query.building or main_site_path(database)
    zone = query.zone() or zone_of(database, node)
    return jsonify(daily_totals(database, node, query.span_s(zone, now(), _MONTH)))


@bp.get("/api/analytics/building-comparison", responses={200: Comparison})
def comparison(query: LocalSpan) -> Response:
    """The buildings ranked by kWh/m²; by default over the last 30 days."""
    database = platform().database
    campus = main_site_path(database)
    zone = query.zone() or zone_of(database, campus)
    span_s = query.span_s(zone, now(), _MONTH)
    return jsonify(asdict(building_comparison(database, campus, span_s)))

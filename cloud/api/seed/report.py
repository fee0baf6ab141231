"""The path of the campus twin for its monthly report."""

from typing import Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.energy import zone_of
from cloud.facts.nodes import main_site_path
from cloud.reports import as_csv, as_json
from cloud.reports.monthly import monthly
from cloud.web.answers import MonthlyReport
from cloud.web.context import now, platform
from cloud.web.openapi import tag
from cloud.web.params import month_span_s

bp = APIBlueprint("report", __name__, abp_tags=[tag("voltonic", "The campus twin")])


class ReportQuery(BaseModel):
    """Which month, of which site, in which form."""

    month: str | None = Field(
        None, max_length=10, json_schema_extra={"example": "2026-03"}
    )
    format: Literal["json", "csv"] = "json"
    site: str | None = Field(None, max_length=200)


@bp.get("/api/report/monthly", responses={200: MonthlyReport})
def monthly_report(query: ReportQuery) -> Response:
    """The month's energy, cost, carbon and savings; by default of this month."""
    at = platform()
    node = query.site or main_site_path(at.database)
    zone = zone_of(at.database, node)
    month = query.month or f"{now().astimezone(zone):%Y-%m}"
    span_s = month_span_s(month, zone)
    report = monthly(at.database, node, month, span_s, at.prices)
    if query.format == "json":
        return jsonify(as_json(report))
    headers = {"Content-Disposition": f'attachment; filename="{report.name}.csv"'}
    return Response(as_csv(report), headers=headers, content_type="text/csv")

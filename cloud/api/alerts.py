"""Alerts: what a person should know of."""

from typing import Any, Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.alerts import alerts as alert_facts
from cloud.web.context import platform
from cloud.web.openapi import tag

bp = APIBlueprint("alerts", __name__, abp_tags=[tag("alerts", "Alerts")])


class AlertQuery(BaseModel):
    """Which alerts."""

    node: str | None = Field(
        None,
        max_length=200,
        description="Only of this node and those below it.",
        json_schema_extra={"example": "campus/science/physics"},
    )
    open: bool = Field(False, description="Only those that go on.")


class Alert(BaseModel):
    """An alert; `ended` is null while it goes on."""

    id: int
    kind: str
    severity: Literal["warning", "critical"]
    node: str
    name: str
    gateway: str | None
    message: str
    began: str
    ended: str | None
    detail: dict[str, Any]


class AlertsAnswer(BaseModel):
    """The newest alerts, those that began last first."""

    alerts: list[Alert]


@bp.get("/api/v1/alerts", responses={200: AlertsAnswer})
def alerts(query: AlertQuery) -> Response:
    """What is wrong, and what was, of a node or of everything."""
    found = alert_facts(platform().database, query.node, only_open=query.open)
    return jsonify(alerts=found)

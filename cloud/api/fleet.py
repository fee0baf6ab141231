"""The gateways: how they are, and which readings are missing and why."""

from typing import Any, Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from cloud.facts.fleet import fleet as fleet_facts
from cloud.web.context import now, platform
from cloud.web.openapi import tag

bp = APIBlueprint("fleet", __name__, abp_tags=[tag("fleet", "Gateways")])


class Devices(BaseModel):
    """How many of a gateway's devices are in each state."""

    online: int
    stale: int
    offline: int


class GatewayForecast(BaseModel):
    """Who forecasts at a gateway: which model, or the naive forecasts and why."""

    state: Literal["running", "shadow", "fallback", "naive"]
    version: int | None
    kind: str | None
    why: str | None
    shadow: int | None
    refused: str | None
    note: str | None


class Gateway(BaseModel):
    """A gateway; missing = produced − delivered − declared lost, in readings."""

    gateway: str
    node: str
    name: str
    state: Literal["online", "late", "offline", "never"]
    last_contact: str | None
    lag_s: float | None
    software: str | None
    buffer: dict[str, Any]
    produced: int
    delivered: int
    declared_lost: int
    missing: int
    missing_why: list[str]
    rejected: int
    resent: int
    duplicates: int
    epochs: int
    clone_notice: str | None
    forecast: GatewayForecast | None
    devices: Devices
    device_errors: list[dict[str, Any]]


class Rollup(BaseModel):
    """How many intervals still wait to be added up."""

    dirty: int


class Fleet(BaseModel):
    """Every gateway."""

    at: str
    gateways: list[Gateway]
    rollup: Rollup
    verified: bool


@bp.get("/api/v1/fleet", responses={200: Fleet})
def fleet() -> Response:
    """Every gateway with its last contact, its buffer and its missing readings."""
    return jsonify(fleet_facts(platform().database, now()))

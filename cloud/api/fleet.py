"""The gateways: how they are, and which readings are missing and why."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint

from cloud.web.context import now, platform
from cloud.web.openapi import tag

bp = APIBlueprint("fleet", __name__, abp_tags=[tag("fleet", "Gateways")])


@bp.get("/api/v1/fleet")
def fleet() -> Response:
    """Every gateway with its last contact, its buffer and its missing readings."""
    from cloud.facts.fleet import fleet as fleet_facts

    return jsonify(fleet_facts(platform().database, now()))

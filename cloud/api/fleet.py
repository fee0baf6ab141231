"""The gateways: how they are, and which readings are missing and why."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.fleet import fleet as fleet_facts
from cloud.web.context import now, platform
from cloud.web.openapi import tag

bp = APIBlueprint("fleet", __name__, abp_tags=[tag("fleet", "Gateways")])


class FleetQuery(BaseModel):
    """How closely to look."""

    verify: bool = Field(
        False, description="Count duplicates in the raw readings; takes seconds."
    )


@bp.get("/api/v1/fleet")
def fleet(query: FleetQuery) -> Response:
    """Every gateway with its last contact, its buffer and its missing readings."""
    return jsonify(fleet_facts(platform().database, now(), verify=query.verify))

"""The paths of the campus twin: live."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.live import live_campus, live_node
from cloud.web.answers import LiveBuilding, LiveCampus, LiveRoom
from cloud.web.context import now, platform
from cloud.web.openapi import tag

bp = APIBlueprint("voltonic", __name__, abp_tags=[tag("voltonic", "The campus twin")])


class BuildingPath(BaseModel):
    """Which building: its slug where unique, its path, or its integer id."""

    id: str = Field(max_length=200, json_schema_extra={"example": "physics"})


class RoomPath(BaseModel):
    """Which room: its path, its slug where unique, or its integer id."""

    id: str = Field(
        max_length=200,
        json_schema_extra={"example": "campus/science/physics/floor-1/room-101"},
    )


class SiteQuery(BaseModel):
    """Which site, if not the campus."""

    site: str | None = Field(None, max_length=200)


@bp.get("/api/live/campus", responses={200: LiveCampus})
def campus(query: SiteQuery) -> Response:
    """The campus now: load, savings, score, age, by faculty and building."""
    at = platform()
    return jsonify(live_campus(at.database, at.prices, now(), query.site))


@bp.get("/api/live/building/<path:id>", responses={200: LiveBuilding})
def building(path: BuildingPath) -> Response:
    """One building now, by floor and room."""
    at = platform()
    return jsonify(live_node(at.database, path.id, at.prices, now(), "building"))


@bp.get("/api/live/room/<path:id>", responses={200: LiveRoom})
def room(path: RoomPath) -> Response:
    """One room now, with occupancy and temperature."""
    at = platform()
    return jsonify(live_node(at.database, path.id, at.prices, now(), "room"))

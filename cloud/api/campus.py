"""The site model: which nodes there are."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.nodes import campus_tree, node_facts
from cloud.web.context import platform
from cloud.web.openapi import tag

bp = APIBlueprint("campus", __name__, abp_tags=[tag("campus", "Sites and nodes")])


class NodePath(BaseModel):
    """Which node: its path, its slug where unique, or its integer id."""

    node: str = Field(
        max_length=200, json_schema_extra={"example": "campus/science/physics"}
    )


class NodeAnswer(BaseModel):
    """A node; in the tree without `children` below buildings."""

    id: int
    path: str
    kind: str
    slug: str
    name: str
    timezone: str
    area_m2: float | None
    capacity: int | None
    room_type: str | None
    children: "list[NodeAnswer]"


class TreeAnswer(BaseModel):
    """The sites, each with the nodes below it."""

    sites: list[NodeAnswer]


@bp.get("/api/v1/campus/tree", responses={200: TreeAnswer})
def tree() -> Response:
    """Every site, down to its buildings."""
    return jsonify(campus_tree(platform().database))


@bp.get("/api/v1/campus/nodes/<path:node>", responses={200: NodeAnswer})
def node(path: NodePath) -> Response:
    """One node, with the nodes directly below it."""
    return jsonify(node_facts(platform().database, path.node))
